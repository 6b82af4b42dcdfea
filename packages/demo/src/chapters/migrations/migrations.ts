import { type MigrationCommand, migrationCommands, migrationCommandValue } from "@hybrid/contracts";
import { importCommands, toggleUserCommand } from "@hybrid/directory";
import { activateTenant, table } from "@hybrid/hybrid";
import { type ActorId, actorIdOf, hours, minutes, partitionOf } from "@hybrid/kernel";
import { defineChapter, type Scenery } from "../chapter.ts";
import { listen, type MigrationsCast, moveMailbox, moverOf, prepareMigrations } from "./cast.ts";
import { checkMigrations, clusterOf, servedOf, toldOf } from "./checks.ts";
import { migrationFaults } from "./planted.ts";

const endsAfterMs = hours(3.5);

/** The administrator's order, as `hybrid migrations` writes it. */
const order = async (scenery: Scenery, key: ActorId, command: MigrationCommand): Promise<void> => {
  const { log, clock, partitions } = scenery.administrator;
  const timestamp = clock.now();
  const value = migrationCommands.encode(migrationCommandValue(command, timestamp));
  const partition = partitionOf(key, partitions);
  await log.append([{ topic: migrationCommands.name, partition, key, value, timestamp }]);
};

const describe = (
  scenery: Scenery,
  name: string,
  over: { readonly resourceGroup?: string; readonly operational?: boolean } = {},
): Promise<void> => {
  const room = { office365UsersMax: 10, exchangeUsersMax: 20 };
  const cluster = { resourceGroup: null, operational: true, ...room, ...over };
  const key = actorIdOf(`${scenery.administrator.org}/o/cluster-${name}`);
  return order(scenery, key, { kind: "putCluster", cluster });
};

const connectors = {
  pilot: { resourceGroup: "pilot" },
  floating: { resourceGroup: null },
  none: null,
} as const;

/** Two clusters, then everybody by list, some of them with connectors. */
const enable = async (cast: MigrationsCast, scenery: Scenery): Promise<void> => {
  const { administrator } = scenery;
  await describe(scenery, "north");
  await describe(scenery, "lab", { resourceGroup: "pilot" });
  const people = cast.movers.map(({ objectId, mailAddress, connector }, nth) => ({
    line: nth + 1,
    userId: objectId,
    person: { objectId, tenantId: cast.tenantId, mailAddress, connector: connectors[connector] },
    enabled: true,
  }));
  await administrator.log.append(importCommands(people, administrator));
  await activateTenant(administrator, cast.tenantId);
  for (let ms = minutes(1); ms < endsAfterMs; ms += minutes(1)) scenery.after(ms, () => listen(cast));
};

/** Four mailboxes come to the cloud within minutes; another one flips, never twice in five minutes. */
const comeToCloud = (cast: MigrationsCast, scenery: Scenery): void => {
  const from = scenery.stage.clock.now() - scenery.startedAt;
  for (const [nth, name] of ["Ada", "Ben", "Cem", "Dan"].entries())
    scenery.after(from + minutes(4 * nth) + Math.floor(scenery.dice() * minutes(3)), () =>
      moveMailbox(scenery, moverOf(cast, name), "cloud"),
    );
  const { objectId } = moverOf(cast, "Oda");
  const { graph } = scenery.stage;
  for (let ms = from; ms < endsAfterMs - minutes(20); ms += minutes(10)) {
    scenery.after(ms, () => graph.setMailboxState(objectId, "normal"));
    scenery.after(ms + minutes(4.5), () => graph.setMailboxState(objectId, "onPremises"));
  }
};

const orderLook = async (cast: MigrationsCast, scenery: Scenery, name: string): Promise<void> => {
  const mover = moverOf(cast, name);
  mover.looksOrderedAt.push(scenery.stage.clock.now());
  const { org } = scenery.administrator;
  await order(scenery, actorIdOf(`${org}/u-${mover.objectId}`), { kind: "force" });
};

/** Three mailboxes leave the cloud, with an order each; a fourth without, which the daily look will find. */
const leaveCloud = async (cast: MigrationsCast, scenery: Scenery): Promise<void> => {
  for (const name of ["Eva", "Fay", "Gil", "Hal"]) moveMailbox(scenery, moverOf(cast, name), "connector");
  moveMailbox(scenery, moverOf(cast, "Kim"), "connector");
  for (const name of ["Eva", "Fay", "Gil"]) await orderLook(cast, scenery, name);
};

const takeOver = (cast: MigrationsCast, scenery: Scenery): Promise<void> => orderLook(cast, scenery, "Max");

const replaceCluster = async (_: MigrationsCast, scenery: Scenery): Promise<void> => {
  await describe(scenery, "south");
  await describe(scenery, "north", { operational: false });
};

const disable = async (cast: MigrationsCast, scenery: Scenery): Promise<void> => {
  const mover = moverOf(cast, "Jon");
  const { administrator } = scenery;
  mover.endsAt = scenery.stage.clock.now();
  await administrator.log.append([toggleUserCommand(mover.objectId, false, administrator)]);
};

const report = (cast: MigrationsCast, scenery: Scenery): string => {
  const told = toldOf(cast, scenery);
  const rows = cast.movers.map((mover) => [
    mover.name,
    mover.connector === "none" ? "" : mover.connector,
    mover.places.map(({ place }) => (place === "cloud" ? "cloud" : "on premises")).join(", then "),
    servedOf(scenery, told, mover)
      .toSorted((a, b) => a.from - b.from)
      .map(({ side }) => side)
      .filter((side, index, all) => side !== all[index - 1])
      .join(", then "),
    clusterOf(scenery, told, mover) ?? "",
  ]);
  return table(["person", "connector", "mailbox", "served by", "cluster in the end"], rows);
};

const judge = async (cast: MigrationsCast, scenery: Scenery) => {
  await listen(cast);
  for (const mover of cast.movers)
    mover.isSubscribed = scenery.stage.graph.listSubscriptions(mover.objectId).length > 0;
  return checkMigrations(cast, scenery);
};

/** Mailboxes move between Exchange on premises and the cloud. */
export const migrations = defineChapter<MigrationsCast>({
  name: "migrations",
  title: "Mailboxes move between Exchange on premises and the cloud, and one side serves each user",
  prepare: prepareMigrations,
  scenes: [
    { afterMs: 0, text: "an administrator describes two clusters and lists their users", play: enable },
    { afterMs: minutes(30), text: "four mailboxes come to the cloud; one flips", play: comeToCloud },
    {
      afterMs: minutes(60),
      text: "five mailboxes leave the cloud; three looks are ordered",
      play: leaveCloud,
    },
    { afterMs: minutes(65), text: "a user of a connector in no group is to be taken over", play: takeOver },
    { afterMs: minutes(90), text: "a cluster goes out of service, another one comes", play: replaceCluster },
    { afterMs: minutes(150), text: "a user is disabled", play: disable },
  ],
  endsAfterMs,
  killAfterRequests: 60,
  judge,
  report,
  plantedFaults: migrationFaults,
});
