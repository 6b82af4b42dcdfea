import {
  type ConnectorAssignment,
  type ConnectorLoad,
  clusterOrderKey,
  connectorAssignments,
  connectorLoad,
  type MailboxMigration,
  type MigrationBatch,
  type MigrationCommand,
  mailboxMigrations,
  migrationBatches,
  migrationCommands,
  migrationCommandValue,
  type TopicContract,
  userDirectory,
  userStatus,
} from "@hybrid/contracts";
import { type ActorId, ConfigError, type OrgId, partitionOf, userActor } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { migrationWhy } from "../explaining/migration-why.ts";
import { minuteText, rulesText } from "../explaining/rule.ts";
import { orgGiven } from "../given.ts";
import { mustKnowOrg } from "../known.ts";
import { table } from "../tables.ts";
import { recordsOf } from "../users-view.ts";
import { withLog } from "../with-log.ts";

/** The flags that all of `hybrid migrations` have. */
export interface MigrationsFlags {
  readonly org: string;
  readonly data: string;
  readonly json: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** The latest record of every entity of the organisation whose id begins with `prefix`, by the rest of it. */
const latestOf = async <Value>(
  flags: MigrationsFlags,
  topic: TopicContract<Value>,
  prefix: string,
): Promise<ReadonlyMap<string, Value>> => {
  const start = `${orgGiven(flags.org)}/${prefix}`;
  return await withLog(flags.data, topic.name, async (opened) => {
    const latest = new Map<string, Value>();
    for await (const { key, value } of recordsOf(opened, topic))
      if (key.startsWith(start) && value !== null) latest.set(key.slice(start.length), value);
    return new Map([...latest].sort(([a], [b]) => (a < b ? -1 : 1)));
  });
};

/** The latest word on each batch, newest first. */
const batchesOf = async (flags: MigrationsFlags): Promise<readonly MigrationBatch[]> => {
  const org = `${orgGiven(flags.org)}/o`;
  return await withLog(flags.data, migrationBatches.name, async (opened) => {
    const latest = new Map<number, MigrationBatch>();
    for await (const { key, value } of recordsOf(opened, migrationBatches))
      if (key === org && value !== null) latest.set(value.batch, value);
    return [...latest.values()].sort((a, b) => b.batch - a.batch);
  });
};

/** The flags of `hybrid migrations list`. */
export interface MigrationsListFlags extends MigrationsFlags {
  readonly all: boolean;
}

const batchesShown = 10;

/** What has ended a move before the other side had taken the user over. */
const isOver = (waitsFor: string | null): boolean =>
  ["notWanted", "resourceGroup", "mailboxUnknown"].includes(waitsFor ?? "");

/** `hybrid migrations list`: moves that wait, or all, and the latest batches. */
export const migrationsListCommand = async (flags: MigrationsListFlags): Promise<void> => {
  const moves = [...(await latestOf(flags, mailboxMigrations, "u-"))]
    .map(([user, move]) => ({ user, ...move }))
    .filter(({ completedAt, waitsFor }) => flags.all || (completedAt === null && !isOver(waitsFor)));
  const batches = (await batchesOf(flags)).slice(0, batchesShown);
  if (flags.json) return print(JSON.stringify({ migrations: moves, batches }));
  print(
    table(
      ["user", "direction", "noticed", "completed", "waits for"],
      moves.map(({ user, direction, noticedAt, completedAt, waitsFor }) => [
        user,
        direction,
        minuteText(noticedAt),
        minuteText(completedAt),
        waitsFor ?? "",
      ]),
    ),
  );
  print(
    table(
      ["batch", "direction", "from", "to", "noticed", "completed", "over"],
      batches.map(({ batch, direction, startedAt, latestAt, noticed, completed, closed }) => [
        batch,
        direction,
        minuteText(startedAt),
        minuteText(latestAt),
        noticed,
        completed,
        closed ? "yes" : "no",
      ]),
    ),
  );
};

/** What the words mean, and what to do. */
const meanings: Readonly<Record<string, string>> = {
  connectorToTakeOver: "The mailbox is on premises; the cloud is letting the user go. Nothing is to be done.",
  cloudToTakeOver:
    "The mailbox is in the cloud; the connector has let the user go. " +
    '"hybrid users show" says what the cloud waits for.',
  noCluster: 'No cluster in service takes this user. Describe one with "hybrid migrations cluster".',
  noRoom: "Every cluster that may take this user is full. Add a cluster, or raise the room of one.",
  resourceGroup: "The user stays with the connectors of its resource group.",
  awaitingTakeover: "The user came with a connector; the cloud looks at the mailbox within 24 hours.",
  mailboxOnPremises: "Exchange Online has no usable mailbox for the user; a connector serves it.",
  mailboxInCloud: "The mailbox is in the cloud; the connector serves the user no more.",
  mailboxUnknown: "Where the mailbox is has to be found out; the cloud tries the user.",
  notWanted: "The user is disabled or removed.",
};

interface Shown {
  readonly assignment: ConnectorAssignment | undefined;
  readonly migration: MailboxMigration | undefined;
}

const meaningOf = ({ assignment, migration }: Shown): string => {
  const word = migration?.waitsFor ?? assignment?.reason;
  return (word === undefined ? undefined : meanings[word]) ?? "";
};

/** The flags of `hybrid migrations show`. */
export interface MigrationsShowFlags extends MigrationsFlags {
  readonly why: boolean;
}

const explainMigration = async (user: string, flags: MigrationsFlags): Promise<void> => {
  const rules = migrationWhy({
    entry: (await latestOf(flags, userDirectory, "u-")).get(user),
    status: (await latestOf(flags, userStatus, "u-")).get(user),
    assignment: (await latestOf(flags, connectorAssignments, "u-")).get(user),
    migration: (await latestOf(flags, mailboxMigrations, "u-")).get(user),
  });
  print(flags.json ? JSON.stringify({ user, rules }) : rulesText(rules));
};

/** `hybrid migrations show`: one user, who serves it and what is waited for; with `--why` rule by rule. */
export const migrationsShowCommand = async (user: string, flags: MigrationsShowFlags): Promise<void> => {
  if (flags.why) return explainMigration(user, flags);
  const shown = {
    assignment: (await latestOf(flags, connectorAssignments, "u-")).get(user),
    migration: (await latestOf(flags, mailboxMigrations, "u-")).get(user),
  };
  const { assignment, migration } = shown;
  if (assignment === undefined && migration === undefined)
    throw new ConfigError("there is nothing to show", [
      `the mailbox of user "${user}" of ${flags.org} has never moved, and no connector serves it; ` +
        '"hybrid users show" has the rest',
    ]);
  const meaning = meaningOf(shown);
  if (flags.json) return print(JSON.stringify({ user, ...shown, meaning }));
  print(
    table(
      ["", ""],
      [
        ["user", user],
        [
          "connector",
          assignment === undefined ? "" : `${assignment.stage} ${assignment.cluster ?? ""}`.trim(),
        ],
        ["because", assignment?.reason ?? ""],
        ["resource group", assignment?.resourceGroup ?? ""],
        ["latest move", migration?.direction ?? ""],
        ["noticed", minuteText(migration?.noticedAt)],
        ["completed", minuteText(migration?.completedAt)],
        ["waits for", migration?.waitsFor ?? ""],
      ],
    ),
  );
  if (meaning !== "") print(meaning);
};

const order = async (
  flags: MigrationsFlags,
  command: MigrationCommand,
  to: (org: OrgId) => ActorId,
): Promise<ActorId> => {
  const org = orgGiven(flags.org);
  const key = to(org);
  await withLog(flags.data, migrationCommands.name, async (opened) => {
    await mustKnowOrg(opened, org);
    const timestamp = systemScheduler().now();
    const value = migrationCommands.encode(migrationCommandValue(command, timestamp));
    const partition = partitionOf(key, opened.partitions);
    await opened.log.append([{ topic: migrationCommands.name, partition, key, value, timestamp }]);
  });
  return key;
};

/** `hybrid migrations force`: looks at a mailbox now. */
export const migrationsForceCommand = async (user: string, flags: MigrationsFlags): Promise<void> => {
  const key = await order(flags, { kind: "force" }, (org) => userActor(org, user));
  print(flags.json ? JSON.stringify({ user: key, ordered: "force" }) : `ordered a look at ${key}`);
};

const percent = (users: number, max: number): string => (max === 0 ? "-" : `${users}/${max}`);

/** `hybrid migrations clusters`: how full each is. */
export const migrationsClustersCommand = async (flags: MigrationsFlags): Promise<void> => {
  const clusters = [...(await latestOf<ConnectorLoad>(flags, connectorLoad, "c-"))].filter(
    ([, { removed }]) => !removed,
  );
  if (flags.json) return print(JSON.stringify(clusters.map(([cluster, load]) => ({ cluster, ...load }))));
  print(
    table(
      ["cluster", "resource group", "Office 365 users", "Exchange users", "load", "in service"],
      clusters.map(([cluster, load]) => [
        cluster,
        load.resourceGroup ?? "",
        percent(load.office365Users, load.office365UsersMax),
        percent(load.exchangeUsers, load.exchangeUsersMax),
        load.colour,
        load.operational ? "yes" : "no",
      ]),
    ),
  );
};

/** The flags of `hybrid migrations cluster`. */
export interface ClusterFlags extends MigrationsFlags {
  readonly resourceGroup?: string;
  readonly officeUsers: number;
  readonly exchangeUsers: number;
  readonly down: boolean;
  readonly remove: boolean;
}

/** `hybrid migrations cluster`: describes a cluster, or takes it away. */
export const migrationsClusterCommand = async (name: string, flags: ClusterFlags): Promise<void> => {
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name))
    throw new ConfigError("the command cannot run", [`<name>: "${name}" is no name (A-Z a-z 0-9 _ . -)`]);
  const cluster = {
    resourceGroup: flags.resourceGroup ?? null,
    office365UsersMax: flags.officeUsers,
    exchangeUsersMax: flags.exchangeUsers,
    operational: !flags.down,
  };
  const command: MigrationCommand = flags.remove
    ? { kind: "removeCluster" }
    : { kind: "putCluster", cluster };
  await order(flags, command, (org) => clusterOrderKey(org, name));
  print(
    flags.json ? JSON.stringify({ cluster: name, ordered: command }) : `ordered ${command.kind} of ${name}`,
  );
};
