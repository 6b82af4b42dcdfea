import { adminCommands } from "@hybrid/contracts";
import { importPeople, readPeople } from "@hybrid/directory";
import { ConfigError } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { fileGiven, orgGiven } from "../given.ts";
import { mustBeMeant } from "../known.ts";
import { table } from "../tables.ts";
import { withLog } from "../with-log.ts";

/** The flags of `hybrid users import`. */
export interface UsersImportFlags {
  readonly org: string;
  readonly data: string;
  readonly strict: boolean;
  readonly new: boolean;
  readonly dryRun: boolean;
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
    const { log, partitions, opener } = opened;
    const target = {
      org,
      log,
      partitions,
      clock: systemScheduler(),
      strict: flags.strict,
      dryRun: flags.dryRun,
      ...(opener ? { opener } : {}),
    };
    return importPeople(readPeople(text, format), target);
  });
  if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else {
    const { created, changed, unchanged, refused } = report;
    const would = flags.dryRun ? "would have " : "";
    process.stdout.write(
      `${would}created ${created}, changed ${changed}, unchanged ${unchanged}, refused ${refused}
`,
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
