import { findingCatalog, userStatus } from "@hybrid/contracts";
import { ConfigError } from "@hybrid/kernel";
import { stringify } from "csv-stringify/sync";
import { orgGiven, stateGiven, tenantGiven } from "../given.ts";
import { mustKnowOrg } from "../known.ts";
import { table } from "../tables.ts";
import { latestNotices } from "../users/notices-told.ts";
import { oneOf } from "../users/one-of.ts";
import {
  type FindingRow,
  isMeant,
  type PeopleFilter,
  type PersonRow,
  presentFindings,
  presentPeople,
  remarkOf,
} from "../users/people-view.ts";
import { withLog } from "../with-log.ts";

/** The flags by which users are chosen. */
export interface ChoiceFlags {
  readonly data: string;
  readonly org?: string;
  readonly state?: string;
  readonly tenant?: string;
  readonly address?: string;
  readonly reason?: string;
  readonly resourceGroup?: string;
}

/** The filter that flags ask for. Throws ConfigError. */
export const filterGiven = (flags: ChoiceFlags): PeopleFilter => ({
  ...(flags.org === undefined ? {} : { org: orgGiven(flags.org) }),
  ...(flags.state === undefined ? {} : { state: stateGiven(flags.state) }),
  ...(flags.tenant === undefined ? {} : { tenant: tenantGiven(flags.tenant) }),
  ...(flags.address === undefined ? {} : { address: flags.address }),
  ...(flags.reason === undefined ? {} : { reason: flags.reason }),
  ...(flags.resourceGroup === undefined ? {} : { resourceGroup: flags.resourceGroup }),
});

/** The users whom flags choose, in id order. */
export const chosenPeople = async (flags: ChoiceFlags): Promise<readonly PersonRow[]> => {
  const filter = filterGiven(flags);
  return withLog(flags.data, userStatus.name, async (opened) => {
    if (flags.org !== undefined) await mustKnowOrg(opened, orgGiven(flags.org));
    return (await presentPeople(opened)).filter((row) => isMeant(row, filter));
  });
};

const time = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? "" : new Date(ms).toISOString().slice(0, 16);

/** The flags of `hybrid users list`. */
export interface UsersListFlags extends ChoiceFlags {
  readonly limit?: number;
  readonly after?: string;
  readonly json: boolean;
}

/** What programs get of a user: as `users list` has always given it, and what the directory knows besides. */
const jsonOf = ({ user, state, reason, entry, status, ...row }: PersonRow): object => ({
  ...status,
  ...row,
  user,
  to: state,
  reason,
  failures: status?.failures ?? 0,
  nextTryAt: status?.nextTryAt ?? null,
  expiresAt: status?.expiresAt ?? null,
  version: entry?.version ?? null,
  wanted: entry?.wanted ?? null,
  enabled: entry?.enabled ?? null,
  obstacles: entry?.obstacles ?? [],
  connector: entry?.connector ?? null,
  webex: entry?.webex ?? null,
});

/** `hybrid users list`: everybody's present state, a page of it when asked for. */
export const usersListCommand = async (flags: UsersListFlags): Promise<void> => {
  const { after = "", limit = Number.MAX_SAFE_INTEGER } = flags;
  const wanted = (await chosenPeople(flags)).filter(({ user }) => user > after);
  const page = wanted.slice(0, limit);
  const last = page.at(-1);
  if (flags.json) process.stdout.write(`${JSON.stringify(page.map(jsonOf))}\n`);
  else {
    const lines = page.map(({ user, state, reason, mailAddress, status }) => [
      user,
      state,
      remarkOf(reason, status),
      mailAddress,
      status?.failures ?? 0,
      time(status?.nextTryAt),
      time(status?.expiresAt),
    ]);
    const head = ["user", "state", "reason", "mail address", "failures", "next try", "watched until"];
    process.stdout.write(`${table(head, lines)}\n`);
  }
  if (last && wanted.length > page.length)
    process.stderr.write(`${wanted.length - page.length} more: --after ${last.user}\n`);
};

/** The flags of `hybrid users show`. */
export interface UsersShowFlags {
  readonly data: string;
  readonly org?: string;
  readonly json: boolean;
}

const isAbout = (finding: FindingRow, { objectId, entry, user }: PersonRow): boolean =>
  finding.about.startsWith(`${user.slice(0, user.indexOf("/"))}/`) &&
  (finding.objectId === objectId ||
    (entry?.webex !== null && entry?.webex !== undefined && finding.webexPersonId === entry.webex.personId));

const advice = (code: string): string => (findingCatalog as Readonly<Record<string, string>>)[code] ?? "";

/** `hybrid users show`: all that is known of one user. */
export const usersShowCommand = async (text: string, flags: UsersShowFlags): Promise<void> => {
  const { row, findings, notices } = await withLog(flags.data, userStatus.name, async (opened) => {
    const found = oneOf(await presentPeople(opened), text, flags.org);
    return {
      row: found,
      findings: (await presentFindings(opened)).filter((each) => isAbout(each, found)),
      notices: (await latestNotices(opened)).get(found.user) ?? [],
    };
  });
  const codes = [...new Set(findings.flatMap((each) => each.codes))];
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...jsonOf(row), findings: codes, notices })}\n`);
    return;
  }
  const { entry, status } = row;
  const group = entry?.connector ? (entry.connector.resourceGroup ?? "no resource group") : "";
  const webex = entry?.webex;
  const lines: readonly (readonly [string, string | number])[] = [
    ["user", row.user],
    ["state", row.state],
    ["reason", remarkOf(row.reason, status)],
    ["wanted", entry === null ? "" : String(entry.wanted)],
    ["mail address", row.mailAddress],
    ["tenant", row.tenantId],
    ["object", row.objectId],
    ["connector", group],
    ["Webex person", webex ? `${webex.personId}${webex.active ? "" : " (has not signed in)"}` : ""],
    ["linked by externalId", webex ? String(webex.linked) : ""],
    ["messaging", webex ? String(webex.messaging ?? "not known") : ""],
    ["version", entry?.version ?? ""],
    ["failures", status?.failures ?? 0],
    ["next try", time(status?.nextTryAt)],
    ["watched until", time(status?.expiresAt)],
    ["last change", status ? `${time(status.at)} ${status.cause}` : ""],
    ...codes.map((code) => ["finding", `${code}: ${advice(code)}`] as const),
    ...notices.map(
      ({ kind, outcome, code, at }) =>
        ["notice", `${kind}: ${outcome}${code === null ? "" : ` (${code})`} ${time(at)}`] as const,
    ),
  ];
  process.stdout.write(
    `${table(
      ["what", "is"],
      lines.filter(([, value]) => value !== ""),
    )}\n`,
  );
};

/** The flags of `hybrid users findings`. */
export interface UsersFindingsFlags {
  readonly data: string;
  readonly org?: string;
  readonly code?: string;
  readonly json: boolean;
  readonly csv: boolean;
}

/** `hybrid users findings`: the conflict report. */
export const usersFindingsCommand = async (flags: UsersFindingsFlags): Promise<void> => {
  const org = flags.org === undefined ? undefined : orgGiven(flags.org);
  const found = await withLog(flags.data, userStatus.name, async (opened) => {
    if (org !== undefined) await mustKnowOrg(opened, org);
    return presentFindings(opened);
  });
  const rows = found.filter(
    ({ about, codes }) =>
      (org === undefined || about.startsWith(`${org}/`)) &&
      (flags.code === undefined || codes.includes(flags.code)),
  );
  if (flags.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else if (flags.csv) process.stdout.write(csvOf(rows.flatMap(findingLines)));
  else {
    const lines = rows.flatMap((row) =>
      row.codes.map((code) => [row.about, row.mailAddress ?? "", code, advice(code)]),
    );
    process.stdout.write(`${table(["about", "mail address", "finding", "what to do"], lines)}\n`);
  }
};

const findingLines = (row: FindingRow): readonly Readonly<Record<string, string>>[] =>
  row.codes.map((code) => ({
    about: row.about,
    mailAddress: row.mailAddress ?? "",
    userId: row.userId ?? "",
    objectId: row.objectId ?? "",
    webexPersonId: row.webexPersonId ?? "",
    workspaceId: row.workspaceId ?? "",
    finding: code,
    whatToDo: advice(code),
  }));

/** Cells that a spreadsheet would take for a formula are made plain text. */
const csvOf = (rows: readonly Readonly<Record<string, string | number>>[]): string =>
  stringify([...rows], { header: true, escape_formulas: true });

/** The flags of `hybrid users export`. */
export interface UsersExportFlags extends ChoiceFlags {
  readonly json: boolean;
}

/** `hybrid users export`: the status report, a line for each user, for a spreadsheet. */
export const usersExportCommand = async (flags: UsersExportFlags): Promise<void> => {
  const people = await chosenPeople(flags);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(people.map(jsonOf))}\n`);
    return;
  }
  if (people.length === 0)
    throw new ConfigError("there is nothing to export", ["no user fits the flags that were given"]);
  const rows = people.map(({ user, state, reason, mailAddress, tenantId, objectId, entry, status }) => ({
    user,
    mailAddress,
    tenantId,
    objectId,
    state,
    reason: remarkOf(reason, status),
    wanted: String(entry?.wanted ?? ""),
    connector: entry?.connector ? "yes" : "no",
    resourceGroup: entry?.connector?.resourceGroup ?? "",
    webexPersonId: entry?.webex?.personId ?? "",
    webexActive: String(entry?.webex?.active ?? ""),
    linked: String(entry?.webex?.linked ?? ""),
    messaging: String(entry?.webex?.messaging ?? ""),
    failures: status?.failures ?? 0,
    nextTry: time(status?.nextTryAt),
    watchedUntil: time(status?.expiresAt),
  }));
  process.stdout.write(csvOf(rows));
};
