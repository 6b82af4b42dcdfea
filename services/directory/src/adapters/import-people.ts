import {
  type AdminCommand,
  adminCommands,
  adminCommandValue,
  type OrderTerms,
  type OrganisationSettings,
  type PeopleSource,
  type PersonDetails,
  syncKey,
  syncOrders,
  type UserDirectoryEntry,
  userDirectory,
  userOrderKey,
} from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  type Clock,
  type OrgId,
  orgOf,
  partitionOf,
  sealedFor,
  tenantActor,
  userActor,
} from "@hybrid/kernel";
import { type Log, type OutgoingRecord, pagesOf } from "@hybrid/log";
import type { Fault } from "./csv-rows.ts";
import type { ListedPerson, ReadPeople } from "./read-people.ts";

/** Records of one append: large enough to be quick, small enough not to hold others up. */
const recordsPerAppend = 500;

/** A Graph clientState has 128 characters (`v1.<org>.u-<user>.<HMAC>`), so the two ids share this many. */
const idCharactersMax = 99;

/** Opens sealed texts of records, and closes what is to be written. */
export interface RecordOpener {
  open<Value>(value: Value): Promise<Value>;
  seal<Value>(value: Value): Promise<Value>;
}

/** Where orders are written to. */
export interface CommandWriting {
  readonly org: OrgId;
  readonly log: Pick<Log, "append" | "read" | "offsets">;
  readonly clock: Clock;
  /** Partitions of every topic. */
  readonly partitions: number;
  /** Opens and seals what is somebody's; where left out, orders are in clear, for the directory to seal. */
  readonly opener?: RecordOpener;
}

/** What became of a list. Created, changed and unchanged are as the directory stood when the import began. */
export interface ImportReport {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** People of the list who were not imported. */
  readonly refused: number;
  readonly faults: readonly Fault[];
}

const recordOf = (
  key: ActorId,
  command: AdminCommand,
  { clock, partitions, ...terms }: CommandWriting & OrderTerms,
): OutgoingRecord => ({
  topic: adminCommands.name,
  partition: partitionOf(key, partitions),
  key,
  value: adminCommands.encode(adminCommandValue(command, clock.now(), terms)),
  timestamp: clock.now(),
});

/** The orders that put people into the directory, ready to be appended. */
export const importCommands = (
  people: readonly ListedPerson[],
  writing: CommandWriting,
): readonly OutgoingRecord[] =>
  people.map(({ userId, person, enabled }) =>
    recordOf(userOrderKey(writing.org, userId), { kind: "putUser", person, enabled }, writing),
  );

/** The order of the toggle: counters are reset and the user is tried at once. */
export const toggleUserCommand = (
  userId: string,
  enabled: boolean,
  writing: CommandWriting & OrderTerms,
): OutgoingRecord => recordOf(userOrderKey(writing.org, userId), { kind: "toggleUser", enabled }, writing);

/** The order that removes a user from the service. */
export const removeUserCommand = (userId: string, writing: CommandWriting & OrderTerms): OutgoingRecord =>
  recordOf(userOrderKey(writing.org, userId), { kind: "removeUser" }, writing);

/** The order after a tenant's consent, the first or a renewed one. */
export const activateTenantCommand = (
  tenantId: string,
  settings: OrganisationSettings,
  writing: CommandWriting,
): OutgoingRecord =>
  recordOf(tenantActor(writing.org, tenantId), { kind: "activateTenant", settings }, writing);

/** The order that ends the service for a tenant. */
export const deactivateTenantCommand = (tenantId: string, writing: CommandWriting): OutgoingRecord =>
  recordOf(tenantActor(writing.org, tenantId), { kind: "deactivateTenant" }, writing);

/** The order to synchronise a source now, and regularly from then on; `go` false: no more. */
export const syncPeopleCommand = (
  source: PeopleSource,
  { full, go }: { readonly full: boolean; readonly go: boolean },
  { org, clock, partitions }: Pick<CommandWriting, "org" | "clock" | "partitions">,
): OutgoingRecord => {
  const key = syncKey(org, source);
  return {
    topic: syncOrders.name,
    partition: partitionOf(key, partitions),
    key,
    value: syncOrders.encode({ full, go, requestedAt: clock.now() }),
    timestamp: clock.now(),
  };
};

/** The organisation's users as `user-directory` tells by now; removed ones are left out. */
export const currentEntries = async ({
  org,
  log,
  partitions,
  opener,
}: CommandWriting): Promise<ReadonlyMap<ActorId, UserDirectoryEntry>> => {
  const entries = new Map<ActorId, UserDirectoryEntry>();
  const topic = userDirectory.name;
  for (let partition = 0; partition < partitions; partition++)
    for await (const page of pagesOf(log, { topic, partition })) {
      const records = page.flatMap(({ key, value }) =>
        key === null || orgOf(actorIdOf(key)) !== org
          ? []
          : [{ key: actorIdOf(key), entry: value === null ? null : userDirectory.decode(value) }],
      );
      for (const { key, entry } of opener ? await opener.open(records) : records)
        if (entry === null || entry.removed) entries.delete(key);
        else entries.set(key, entry);
    }
  return entries;
};

const differs = (entry: UserDirectoryEntry, person: PersonDetails, enabled: boolean): boolean =>
  entry.wanted !== enabled ||
  entry.objectId !== person.objectId ||
  entry.tenantId !== person.tenantId ||
  entry.mailAddress !== person.mailAddress ||
  (entry.connector === null) !== (person.connector === null) ||
  entry.connector?.resourceGroup !== person.connector?.resourceGroup;

/** The people with their addresses sealed, each for the user that the order is about. */
const sealed = async (
  people: readonly ListedPerson[],
  { org, opener }: CommandWriting,
): Promise<readonly ListedPerson[]> => {
  if (!opener) return people;
  const open = people.map((each) => {
    const { mailAddress } = each.person;
    const sealedMailAddress = sealedFor(userActor(org, each.userId), mailAddress);
    return { ...each, person: { ...each.person, mailAddress: "", sealedMailAddress } };
  });
  return opener.seal(open);
};

const tooLong = (org: OrgId, { line, userId }: ListedPerson): Fault[] => {
  if (org.length + userId.length <= idCharactersMax) return [];
  const message = `organisation and userId have more than ${idCharactersMax} characters together`;
  return [{ line, field: "userId", message }];
};

/**
 * Imports a list that {@link readPeople} has read: one order per person, appended in bounded batches.
 * Unchanged people are ordered as well, because the directory, which ignores them, may have orders ahead of
 * it. With `strict`, nothing is imported when the list has any fault; with `dryRun`, nothing at all. Rejects
 * with what the log rejects with; what was appended before stays, and importing the list again does no harm.
 */
export const importPeople = async (
  { people, faults }: ReadPeople,
  writing: CommandWriting & { readonly strict?: boolean; readonly dryRun?: boolean },
): Promise<ImportReport> => {
  const { org, log, strict = false, dryRun = false } = writing;
  const unfit = people.flatMap((each) => tooLong(org, each));
  const allFaults = [...faults, ...unfit].sort((a, b) => a.line - b.line);
  const fit = people.filter((each) => tooLong(org, each).length === 0);
  const refusedLines = new Set(allFaults.map(({ line }) => line));
  if (strict && allFaults.length > 0) {
    const refused = new Set([...refusedLines, ...people.map(({ line }) => line)]).size;
    return { created: 0, changed: 0, unchanged: 0, refused, faults: allFaults };
  }
  const known = await currentEntries(writing);
  const records = dryRun ? [] : importCommands(await sealed(fit, writing), writing);
  for (let at = 0; at < records.length; at += recordsPerAppend)
    await log.append(records.slice(at, at + recordsPerAppend));
  const entries = fit.map((each) => ({ ...each, entry: known.get(userActor(org, each.userId)) }));
  const changed = entries.filter(
    ({ entry, person, enabled }) => entry && differs(entry, person, enabled),
  ).length;
  const created = entries.filter(({ entry }) => entry === undefined).length;
  const unchanged = entries.length - created - changed;
  return { created, changed, unchanged, refused: refusedLines.size, faults: allFaults };
};
