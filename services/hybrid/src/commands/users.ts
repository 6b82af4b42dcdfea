import { adminCommands, userStatus } from "@hybrid/contracts";
import { importPeople, readPeople } from "@hybrid/directory";
import { ConfigError } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { fileGiven, orgGiven, stateGiven } from "../given.ts";
import { mustBeMeant, mustKnowOrg } from "../known.ts";
import { table } from "../tables.ts";
import { presentUsers, type UserRow } from "../users-view.ts";
import { withLog } from "../with-log.ts";

/** The flags of `hybrid users import`. */
export interface UsersImportFlags {
  readonly org: string;
  readonly data: string;
  readonly strict: boolean;
  readonly new: boolean;
  readonly json: boolean;
}

const formatOf = (file: string): "csv" | "json" => {
  if (file.toLowerCase().endsWith(".csv")) return "csv";
  if (file.toLowerCase().endsWith(".json")) return "json";
  throw new ConfigError(`cannot import ${file}`, ["the file's name must end with .csv or .json"]);
};

/** `hybrid users import`: exit code 1 when a line was refused. */
export const usersImportCommand = async (file: string, flags: UsersImportFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const format = formatOf(file);
  const text = await fileGiven(file);
  const report = await withLog(flags.data, adminCommands.name, async (opened) => {
    await mustBeMeant(opened, org, flags.new);
    const { log, partitions } = opened;
    const target = { org, log, partitions, clock: systemScheduler(), strict: flags.strict };
    return importPeople(readPeople(text, format), target);
  });
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else {
    const { created, changed, unchanged, refused } = report;
    process.stdout.write(
      `created ${created}, changed ${changed}, unchanged ${unchanged}, refused ${refused}\n`,
    );
    if (report.faults.length > 0)
      process.stdout.write(
        `${table(
          ["line", "field", "fault"],
          report.faults.map(({ line, field, message }) => [line, field, message]),
        )}\n`,
      );
  }
  if (report.faults.length > 0) process.exitCode = 1;
};

/** The flags of `hybrid users list`. */
export interface UsersListFlags {
  readonly data: string;
  readonly org?: string;
  readonly state?: string;
  readonly json: boolean;
}

/** Why the user is in Error or Not activated; of an Active one, since when the calendar cannot be read. */
export const remarkOf = ({ reason, to, calendarUnreadable: calendar }: UserRow): string => {
  if (to !== "active" || calendar === null) return reason ?? "";
  return `calendar not readable since ${time(calendar.since)} (${calendar.code})`;
};

const time = (ms: number | null): string => (ms === null ? "" : new Date(ms).toISOString().slice(0, 16));

/** `hybrid users list`: everybody's present state. */
export const usersListCommand = async (flags: UsersListFlags): Promise<void> => {
  const org = flags.org === undefined ? undefined : orgGiven(flags.org);
  const state = flags.state === undefined ? undefined : stateGiven(flags.state);
  const rows = await withLog(flags.data, userStatus.name, async (opened) => {
    if (org !== undefined) await mustKnowOrg(opened, org);
    return presentUsers(opened.log, opened.partitions);
  });
  const wanted = rows.filter(
    (row) =>
      (org === undefined || row.user.startsWith(`${org}/`)) && (state === undefined || row.to === state),
  );
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(wanted)}\n`);
    return;
  }
  const lines = wanted.map((row) => [
    row.user,
    row.to,
    remarkOf(row),
    row.failures,
    time(row.nextTryAt),
    time(row.expiresAt),
  ]);
  process.stdout.write(
    `${table(["user", "state", "reason", "failures", "next try", "watched until"], lines)}\n`,
  );
};
