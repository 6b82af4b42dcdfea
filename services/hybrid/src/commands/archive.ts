import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportMails } from "@hybrid/archiver";
import {
  type ArchiveStatus,
  archiveCommands,
  archiveStatus,
  csvOf,
  logColumns,
  logRows,
} from "@hybrid/contracts";
import { days, minutes } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { withCloudClients } from "../cloud-clients.ts";
import { orgGiven } from "../given.ts";
import { table } from "../tables.ts";
import { withLog } from "../with-log.ts";
import {
  type ArchiveFlags,
  type ArchiveWindowFlags,
  connectorGiven,
  connectorKey,
  connectorsOf,
  logOf,
  momentOf,
  order,
  print,
  windowOf,
} from "./archive-connectors.ts";

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

const peopleText = ({ people, groups = [] }: ArchiveStatus["terms"]): string =>
  [...people, ...groups.map((id) => `members of ${id}`)].join(" ") || "everybody in a space";

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
    ["people", peopleText(terms)],
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
  await withCloudClients(["archiveGraph", "webex"], async ({ archiveGraph: graph, webex }, logger) => {
    const ports = { graph, webex, logger, clock: systemScheduler() };
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
