import { type CopyFault, hasFaults, type ItemFault, type Verified, verify } from "@hybrid/archiver";
import { archiveStatus } from "@hybrid/contracts";
import { ConfigError, minutes } from "@hybrid/kernel";
import { withCloudClients } from "../cloud-clients.ts";
import { orgGiven } from "../given.ts";
import { table } from "../tables.ts";
import { withLog } from "../with-log.ts";
import {
  type ArchiveWindowFlags,
  connectorGiven,
  connectorKey,
  logOf,
  momentOf,
  print,
  windowOf,
} from "./archive-connectors.ts";

const itemCells = ({ kind, at, itemId }: ItemFault): readonly string[] => [kind ?? "", momentOf(at), itemId];

const copyRows = (fault: string, copies: readonly CopyFault[]): readonly (readonly string[])[] =>
  copies.map((copy) => [copy.isLogged ? `${fault}, as the log says` : fault, copy.email, ...itemCells(copy)]);

/** One line for each thing that is missing, with the side on which it is. */
const rowsOf = (found: Verified): readonly (readonly string[])[] => [
  ...copyRows("missing in the mailbox", found.missing),
  ...copyRows("doubled in the mailbox", found.doubled),
  ...found.missingInLog.map((fault) => ["missing in the log", "", ...itemCells(fault)]),
  ...found.missingInSource.map((fault) => [
    `missing in the source, known by the ${fault.knownBy}`,
    fault.email ?? "",
    ...itemCells(fault),
  ]),
  ...found.wrongDays.map((day) => ["wrong counts in the log", "", "", day, ""]),
  ...found.withoutMailbox.map((address) => ["no mailbox", address, "", "", ""]),
];

const summaryOf = (found: Verified): string =>
  `${found.items} items, ${found.wanted} copies wanted; ${found.missing.length} missing in mailboxes, ` +
  `${found.missingInLog.length} in the log, ${found.missingInSource.length} in the source; ` +
  `${found.doubled.length} doubled`;

/** `hybrid archive verify`: compares source, log and mailboxes; 1 when something is missing or doubled. */
export const archiveVerifyCommand = async (name: string, flags: ArchiveWindowFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const { status, log } = await withLog(flags.data, archiveStatus.name, async (opened) => ({
    status: await connectorGiven(opened, org, name),
    log: await logOf(opened, connectorKey(org, name)),
  }));
  if (status.openItems > 0 && flags.to === undefined)
    throw new ConfigError("the archive cannot be compared", [
      `${status.openItems} items are under way; wait, or end the window earlier with --to`,
    ]);
  const window = windowOf(status, flags);
  const signal = AbortSignal.timeout(minutes(60));
  const found = await withCloudClients(["archiveGraph", "webex"], ({ archiveGraph: graph, webex }, logger) =>
    verify({ graph, webex, logger }, { ...window, connector: name, terms: status.terms, log, signal }),
  );
  const rows = rowsOf(found);
  const list = rows.length === 0 ? "" : `\n${table(["fault", "mailbox", "kind", "at", "item"], rows)}`;
  print(flags, { ...window, ...found }, `${summaryOf(found)}${list}`);
  if (hasFaults(found)) process.exitCode = 1;
};
