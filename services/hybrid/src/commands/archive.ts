import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  csvOf,
  exportMails,
  logColumns,
  logRows,
  readArchiverConfig,
  refusalFor,
  verify,
} from "@hybrid/archiver";
import {
  type ArchiveCommand,
  type ArchiveDay,
  type ArchiveFailure,
  type ArchiveStatus,
  archiveCommands,
  archiveFailures,
  archiveLog,
  archiveStatus,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, ConfigError, days, minutes, type OrgId, partitionOf } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { withCloudClients } from "../cloud-clients.ts";
import { orgGiven, refused, tenantGiven } from "../given.ts";
import { table } from "../tables.ts";
import { recordsOf } from "../users-view.ts";
import { type OpenedLog, withLog } from "../with-log.ts";

/** What every command about connectors takes. */
export interface ArchiveFlags {
  readonly data: string;
  readonly org: string;
  readonly json: boolean;
}

/** The flags of `hybrid archive create`. */
export interface ArchiveCreateFlags extends ArchiveFlags {
  readonly tenant: readonly string[];
  readonly by: string;
  readonly acceptTerms: boolean;
  readonly from?: number;
  readonly poll: number;
  readonly catchAll?: string;
  readonly people?: readonly string[];
  readonly spaces?: readonly string[];
  readonly itemBytes: number;
  readonly allowUnscannable: boolean;
}

/** The flags of commands about a window of time. */
export interface ArchiveWindowFlags extends ArchiveFlags {
  readonly from?: number;
  readonly to?: number;
}

const connectorKey = (org: OrgId, name: string): ActorId => {
  if (/^[A-Za-z0-9_.-]{1,40}$/.test(name)) return actorIdOf(`${org}/c-${name}`);
  throw refused("<name>", `"${name}" is no name of a connector; it has 1 to 40 of A-Z a-z 0-9 _ . -`);
};

const connectorsOf = async (opened: OpenedLog, org?: OrgId): Promise<ReadonlyMap<string, ArchiveStatus>> => {
  const found = new Map<string, ArchiveStatus>();
  for await (const { key, value } of recordsOf(opened.log, archiveStatus, opened.partitions))
    if (value !== null && (org === undefined || key.startsWith(`${org}/`))) found.set(key, value);
  return found;
};

/** Connectors that were ordered, also those that the archiver has not made yet. */
const isTaken = async (opened: OpenedLog, key: ActorId): Promise<boolean> => {
  if ((await connectorsOf(opened)).has(key)) return true;
  for await (const record of recordsOf(opened.log, archiveCommands, opened.partitions))
    if (record.key === key && record.value?.kind === "create") return true;
  return false;
};

const connectorGiven = async (opened: OpenedLog, org: OrgId, name: string): Promise<ArchiveStatus> => {
  const connectors = await connectorsOf(opened, org);
  const found = connectors.get(connectorKey(org, name));
  if (found) return found;
  const names = [...connectors.values()].map((each) => each.name);
  const there = names.length === 0 ? "there is none yet" : `there are ${names.sort().join(", ")}`;
  throw refused("<name>", `organisation ${org} has no archive connector "${name}" (${there})`);
};

const order = async (
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
  await opened.log.append([
    { topic, partition, key, value: archiveCommands.encode(whole), timestamp: systemScheduler().now() },
  ]);
};

const print = (flags: { readonly json: boolean }, value: unknown, text: string): void => {
  process.stdout.write(`${flags.json ? JSON.stringify(value) : text}\n`);
};

/** `hybrid archive create`: refused for who does not hold the archive role, and without `--accept-terms`. */
export const archiveCreateCommand = async (name: string, flags: ArchiveCreateFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const key = connectorKey(org, name);
  const { archivists } = readArchiverConfig(process.env);
  const refusal = refusalFor(flags.by, archivists);
  if (refusal !== null) throw refused("--by", refusal);
  if (!flags.acceptTerms)
    throw refused(
      "--accept-terms",
      "an archive copies what people write to each other; say with it that you have the right to do so",
    );
  const now = systemScheduler().now();
  const terms = {
    tenants: flags.tenant.map(tenantGiven),
    catchAll: flags.catchAll ?? null,
    itemBytesMax: flags.itemBytes,
    allowsUnscannable: flags.allowUnscannable,
    people: (flags.people ?? []).map((address) => address.toLowerCase()),
    spaces: flags.spaces ?? [],
  };
  const from = flags.from ?? now - days(1);
  await withLog(flags.data, archiveCommands.name, async (opened) => {
    if (await isTaken(opened, key))
      throw refused("<name>", `organisation ${org} has a connector "${name}" already`);
    await order(opened, key, { kind: "create", by: flags.by, terms, pollEveryMs: flags.poll, from });
  });
  print(
    flags,
    { org, name, terms, from },
    `connector ${name} of ${org} is ordered: see hybrid archive show ${name}`,
  );
};

const momentOf = (at: number | null): string => (at === null ? "" : new Date(at).toISOString().slice(0, 16));

/** `hybrid archive list`: every connector. */
export const archiveListCommand = async (
  flags: Omit<ArchiveFlags, "org"> & { readonly org?: string },
): Promise<void> => {
  const org = flags.org === undefined ? undefined : orgGiven(flags.org);
  const connectors = await withLog(flags.data, archiveStatus.name, (opened) => connectorsOf(opened, org));
  const rows = [...connectors].map(([key, each]) => [
    key.split("/", 1)[0] ?? "",
    each.name,
    each.state,
    momentOf(each.archivedTo),
    each.openItems,
    each.problem ?? "",
  ]);
  const all = [...connectors].map(([key, each]) => ({ org: key.split("/", 1)[0], ...each }));
  print(
    flags,
    all,
    table(["organisation", "connector", "state", "archived to", "open items", "problem"], rows),
  );
};

const progressOf = (status: ArchiveStatus): string => {
  const { roundFrom, roundTo, roundAt } = status;
  if (roundFrom === null || roundTo === null || roundAt === null) return "waits for the next round";
  const part = roundTo === roundFrom ? 1 : (roundAt - roundFrom) / (roundTo - roundFrom);
  return `reads ${momentOf(roundFrom)} to ${momentOf(roundTo)}: ${Math.floor(part * 100)} %`;
};

/** `hybrid archive show`: one connector with progress and today's counts. */
export const archiveShowCommand = async (name: string, flags: ArchiveFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const { status, logged } = await withLog(flags.data, archiveStatus.name, async (opened) => ({
    status: await connectorGiven(opened, org, name),
    logged: await logOf(opened, connectorKey(org, name)),
  }));
  const { terms } = status;
  const lines = [
    ["state", status.state],
    ["created", `${momentOf(status.createdAt)} by ${status.createdBy}`],
    ["tenants", terms.tenants.join(" ")],
    ["people", terms.people.length === 0 ? "everybody in a space" : terms.people.join(" ")],
    ["spaces", terms.spaces.length === 0 ? "all" : terms.spaces.join(" ")],
    ["catch-all mailbox", terms.catchAll ?? "none"],
    ["archived", `${momentOf(status.startsAt)} to ${momentOf(status.archivedTo)}`],
    ["progress", progressOf(status)],
    ["next round", momentOf(status.nextRoundAt)],
    ["open items", String(status.openItems)],
    ["re-runs", String(status.reruns)],
    ["problem", status.problem ?? "none"],
    ...(status.lostBefore === null
      ? []
      : [["not given out by Webex", `before ${momentOf(status.lostBefore)}`]]),
    ...logged.days.slice(-1).map((day) => [day.day, `${day.available} copies, ${day.failed} failed`]),
  ];
  print(flags, { ...status, days: logged.days }, table(["", name], lines));
};

/** `hybrid archive pause` and `resume`. */
export const archiveTurnCommand = async (
  kind: "pause" | "resume",
  name: string,
  flags: ArchiveFlags,
): Promise<void> => {
  const org = orgGiven(flags.org);
  await withLog(flags.data, archiveCommands.name, async (opened) => {
    await connectorGiven(opened, org, name);
    await order(opened, connectorKey(org, name), { kind });
  });
  print(flags, { org, name, kind }, `${kind} of connector ${name} is ordered`);
};

const windowOf = (status: ArchiveStatus, { from, to }: ArchiveWindowFlags) => {
  const window = { from: from ?? status.startsAt, to: to ?? status.archivedTo };
  if (window.from < window.to) return window;
  throw refused("--from", "the window must begin before its end; nothing may be archived yet");
};

/** `hybrid archive rerun`: reads a window again; what mailboxes have counts as skipped. */
export const archiveRerunCommand = async (name: string, flags: ArchiveWindowFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const window = await withLog(flags.data, archiveCommands.name, async (opened) => {
    const chosen = windowOf(await connectorGiven(opened, org, name), flags);
    await order(opened, connectorKey(org, name), { kind: "rerun", ...chosen });
    return chosen;
  });
  print(
    flags,
    { org, name, ...window },
    `re-run of ${momentOf(window.from)} to ${momentOf(window.to)} is ordered for connector ${name}`,
  );
};

const logOf = async (opened: OpenedLog, key: ActorId) => {
  let found: readonly ArchiveDay[] = [];
  const failures: ArchiveFailure[] = [];
  for await (const record of recordsOf(opened.log, archiveLog, opened.partitions))
    if (record.key === key) found = record.value?.days ?? [];
  for await (const { key: of, value } of recordsOf(opened.log, archiveFailures, opened.partitions))
    if (of === key && value !== null) failures.push(value);
  return { days: found, failures };
};

/** `hybrid archive log`: the status log as CSV, one line a day. */
export const archiveLogCommand = async (name: string, flags: ArchiveFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  await withLog(flags.data, archiveStatus.name, async (opened) => {
    const { createdAt } = await connectorGiven(opened, org, name);
    const log = await logOf(opened, connectorKey(org, name));
    const now = systemScheduler().now();
    const rows = logRows(log, { from: Math.max(createdAt, now - days(29)), to: now });
    if (flags.json) process.stdout.write(`${JSON.stringify(log)}\n`);
    else process.stdout.write(csvOf([logColumns, ...rows]));
  });
};

const cannotCompare = (lag: string): ConfigError => new ConfigError("the archive cannot be compared", [lag]);

/** `hybrid archive verify`: compares source, log and mailboxes; 1 when something is missing or doubled. */
export const archiveVerifyCommand = async (name: string, flags: ArchiveWindowFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const { status, log } = await withLog(flags.data, archiveStatus.name, async (opened) => ({
    status: await connectorGiven(opened, org, name),
    log: await logOf(opened, connectorKey(org, name)),
  }));
  if (status.openItems > 0 && flags.to === undefined)
    throw cannotCompare(`${status.openItems} items are under way; wait, or end the window earlier with --to`);
  const window = windowOf(status, flags);
  const found = await withCloudClients(["graph", "webex"], (clients, logger) =>
    verify(
      { ...clients, logger },
      { ...window, terms: status.terms, signal: AbortSignal.timeout(minutes(60)) },
    ),
  );
  const unbalanced = log.days.filter(
    ({ available, success, partial, skipped, failed }) => available !== success + partial + skipped + failed,
  );
  const rows = [
    ...found.missing.map((fault) => ["missing", fault.email, fault.kind, momentOf(fault.at), fault.itemId]),
    ...found.doubled.map((fault) => ["doubled", fault.email, fault.kind, momentOf(fault.at), fault.itemId]),
    ...found.withoutMailbox.map((address) => ["no mailbox", address, "", "", ""]),
    ...unbalanced.map(({ day }) => ["log does not add up", day, "", "", ""]),
  ];
  const summary =
    `${found.items} items, ${found.wanted} copies wanted, ${found.missing.length} missing, ` +
    `${found.doubled.length} doubled`;
  const list = rows.length === 0 ? "" : `\n${table(["fault", "mailbox", "kind", "at", "item"], rows)}`;
  print(
    flags,
    { ...window, ...found, unbalancedDays: unbalanced.map(({ day }) => day) },
    `${summary}${list}`,
  );
  if (found.missing.length + found.doubled.length + unbalanced.length > 0) process.exitCode = 1;
};

/** `hybrid archive export`: the mails of a window as files. */
export const archiveExportCommand = async (
  name: string,
  flags: ArchiveWindowFlags & { readonly out: string },
): Promise<void> => {
  const org = orgGiven(flags.org);
  const status = await withLog(flags.data, archiveStatus.name, (opened) => connectorGiven(opened, org, name));
  const window = windowOf(status, flags);
  await mkdir(flags.out, { recursive: true });
  let written = 0;
  const failed: { readonly itemId: string; readonly reason: string }[] = [];
  await withCloudClients(["graph", "webex"], async (clients, logger) => {
    const ports = { ...clients, logger, clock: systemScheduler() };
    const signal = AbortSignal.timeout(minutes(60));
    for await (const mail of exportMails(ports, { ...window, terms: status.terms, signal })) {
      if (mail.kind === "failed") {
        failed.push({ itemId: mail.itemId, reason: mail.reason });
        continue;
      }
      const moment = new Date(mail.at).toISOString().replaceAll(/[:.]/g, "-");
      await writeFile(join(flags.out, `${moment}-${mail.itemId}.eml`), mail.bytes);
      written++;
    }
  });
  const faults = failed.map(({ itemId, reason }) => `\nnot exported: ${itemId} (${reason})`).join("");
  print(flags, { written, failed, out: flags.out }, `${written} mails in ${flags.out}${faults}`);
  if (failed.length > 0) process.exitCode = 1;
};
