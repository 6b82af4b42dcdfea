import type { ComparedLog } from "@hybrid/archiver";
import {
  type ArchiveCommand,
  type ArchiveDay,
  type ArchiveFailure,
  type ArchiveImport,
  type ArchiveStatus,
  archiveCommands,
  archiveCommandValue,
  archiveFailures,
  archiveImports,
  archiveLog,
  archiveStatus,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, type OrgId, orgOf, partitionOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { refused } from "../given.ts";
import { closedOpener } from "../keys/opener.ts";
import { recordsOf } from "../users-view.ts";
import type { OpenedLog } from "../with-log.ts";

/** What every command about connectors takes. */
export interface ArchiveFlags {
  readonly data: string;
  readonly org: string;
  readonly json: boolean;
}

/** The flags of commands about a window of time. */
export interface ArchiveWindowFlags extends ArchiveFlags {
  readonly from?: number;
  readonly to?: number;
}

/** A point in time for people, to the minute, UTC. */
export const momentOf = (at: number | null): string =>
  at === null ? "" : new Date(at).toISOString().slice(0, 16);

/** The address of a connector. Throws ConfigError for what is no name. */
export const connectorKey = (org: OrgId, name: string): ActorId => {
  if (/^[A-Za-z0-9_.-]{1,40}$/.test(name)) return actorIdOf(`${org}/c-${name}`);
  throw refused("<name>", `"${name}" is no name of a connector; it has 1 to 40 of A-Z a-z 0-9 _ . -`);
};

/** Every connector, by address. */
export const connectorsOf = async (
  opened: OpenedLog,
  org?: OrgId,
): Promise<ReadonlyMap<string, ArchiveStatus>> => {
  const found = new Map<string, ArchiveStatus>();
  for await (const { key, value } of recordsOf(opened, archiveStatus))
    if (value !== null && (org === undefined || key.startsWith(`${org}/`))) found.set(key, value);
  return found;
};

/** Whether a connector was ordered, also one that the archiver has not made yet. */
export const isTaken = async (opened: OpenedLog, key: ActorId): Promise<boolean> => {
  if ((await connectorsOf(opened)).has(key)) return true;
  for await (const record of recordsOf(opened, archiveCommands))
    if (record.key === key && record.value?.kind === "create") return true;
  return false;
};

/** A connector by name. Throws ConfigError that says which there are. */
export const connectorGiven = async (opened: OpenedLog, org: OrgId, name: string): Promise<ArchiveStatus> => {
  const connectors = await connectorsOf(opened, org);
  const found = connectors.get(connectorKey(org, name));
  if (found) return found;
  const names = [...connectors.values()].map((each) => each.name);
  const there = names.length === 0 ? "there is none yet" : `there are ${names.sort().join(", ")}`;
  throw refused("<name>", `organisation ${org} has no archive connector "${name}" (${there})`);
};

/** Writes an order down for the archiver. */
export const order = async (
  opened: OpenedLog,
  key: ActorId,
  command: Partial<ArchiveCommand> & Pick<ArchiveCommand, "kind">,
) => {
  const whole: ArchiveCommand = {
    by: "",
    terms: null,
    pollEveryMs: null,
    from: null,
    to: null,
    requestedAt: systemScheduler().now(),
    ...command,
  };
  const partition = partitionOf(key, opened.partitions);
  const { name: topic } = archiveCommands;
  const opener = opened.opener ?? closedOpener();
  const value = archiveCommands.encode(await opener.seal(archiveCommandValue(orgOf(key), whole)));
  await opened.log.append([{ topic, partition, key, value, timestamp: systemScheduler().now() }]);
};

/** Prints for people, or as JSON. */
export const print = (flags: { readonly json: boolean }, value: unknown, text: string): void => {
  process.stdout.write(`${flags.json ? JSON.stringify(value) : text}\n`);
};

/** The window of a command: what is left out is all that is archived. Throws ConfigError for none. */
export const windowOf = (status: ArchiveStatus, { from, to }: ArchiveWindowFlags) => {
  const window = { from: from ?? status.startsAt, to: to ?? status.archivedTo };
  if (window.from < window.to) return window;
  throw refused("--from", "the window must begin before its end; nothing may be archived yet");
};

/** All that the log has of a connector. */
export const logOf = async (opened: OpenedLog, key: ActorId): Promise<ComparedLog> => {
  let found: readonly ArchiveDay[] = [];
  const failures: ArchiveFailure[] = [];
  const imports: ArchiveImport[] = [];
  for await (const record of recordsOf(opened, archiveLog))
    if (record.key === key) found = record.value?.days ?? [];
  for await (const { key: of, value } of recordsOf(opened, archiveFailures))
    if (of === key && value !== null) failures.push(value);
  for await (const { key: of, value } of recordsOf(opened, archiveImports))
    if (of === key && value !== null) imports.push(value);
  return { days: found, failures, imports };
};
