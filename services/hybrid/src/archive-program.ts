import { hours, minutes } from "@hybrid/kernel";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ArchiveFlags, ArchiveWindowFlags } from "./commands/archive-connectors.ts";
import type { ArchiveCreateFlags } from "./commands/archive-create.ts";
import { wholeNumber } from "./whole-number.ts";

const archiveCommands = () => import("./commands/archive.ts");

const logOption = (): Option =>
  new Option("--data <folder>", "folder of the embedded log; not used when KAFKA_BROKERS is set")
    .env("HYBRID_DATA_DIR")
    .default(".hybrid");

const momentOf = (text: string): number => {
  const at = Date.parse(text);
  if (Number.isNaN(at))
    throw new InvalidArgumentError("must be a date, or a date and time, for example 2026-01-05T07:00:00Z");
  return at;
};

const listOf = (text: string): readonly string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const groupsOf = (text: string): readonly string[] => {
  const ids = listOf(text);
  if (ids.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))) return ids;
  throw new InvalidArgumentError("must be object ids (GUIDs), which the Microsoft Entra admin center shows");
};

const another = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];

const common = (command: Command, example: string): Command =>
  command
    .requiredOption("--org <id>", "the organisation")
    .addOption(logOption())
    .option("--json", "print JSON", false)
    .addHelpText("after", `\nExample:\n  pnpm hybrid archive ${example}`);

const window = (command: Command): Command =>
  command
    .option("--from <time>", "where the window begins; where the connector begins when left out", momentOf)
    .option("--to <time>", "where it ends; as far as is archived when left out", momentOf);

const addCreate = (archive: Command): void => {
  common(
    archive
      .command("create <name>")
      .description("review a connector and make it; the archive role is needed"),
    "create main --org acme --by ada@acme.example --accept-terms \\\n" +
      "    --tenant 6f9619ff-8b86-4011-b42d-00c04fc964ff",
  )
    .requiredOption("--by <address>", "you, one of ARCHIVE_ADMINISTRATORS")
    .requiredOption("--tenant <id>", "Entra tenant of the mailboxes; may be given again", another)
    .option("--accept-terms", "you have the right to archive what people write to each other", false)
    .option("--from <time>", "archive from here on, 90 days ago at most; a day ago when left out", momentOf)
    .option("--poll <ms>", "how often the feed is read", wholeNumber, minutes(15))
    .option("--catch-all <address>", "mailbox for what belongs to nobody's")
    .option("--people <addresses>", "only for these, between commas; for everybody when left out", listOf)
    .option("--groups <ids>", "and for members of these Entra groups, nested ones too (object ids)", groupsOf)
    .option("--spaces <ids>", "only these spaces (UUIDs), between commas; all when left out", listOf)
    .option("--item-bytes <n>", "files of one message at most", wholeNumber, 10 * 1_024 * 1_024)
    .option("--yes", "make it without being asked after the review", false)
    .option("--allow-unscannable", "also files that Webex cannot scan for malware", false)
    .action(async (name: string, flags: ArchiveCreateFlags) => {
      if (!(flags.poll >= minutes(1) && flags.poll <= hours(24)))
        throw new InvalidArgumentError(`--poll must be ${minutes(1)} to ${hours(24)} milliseconds`);
      const { archiveCreateCommand } = await import("./commands/archive-create.ts");
      await archiveCreateCommand(name, flags);
    });
};

const addLooks = (archive: Command): void => {
  archive
    .command("list")
    .description("every connector")
    .option("--org <id>", "only of this organisation")
    .addOption(logOption())
    .option("--json", "print JSON, one array", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid archive list")
    .action(async (flags: Omit<ArchiveFlags, "org"> & { readonly org?: string }) =>
      (await archiveCommands()).archiveListCommand(flags),
    );
  common(
    archive.command("show <name>").description("one connector: terms, progress, problem"),
    "show main --org acme",
  ).action(async (name: string, flags: ArchiveFlags) =>
    (await archiveCommands()).archiveShowCommand(name, flags),
  );
  common(
    archive.command("log <name>").description("the status log as CSV, one line a day"),
    "log main --org acme > archive.csv",
  ).action(async (name: string, flags: ArchiveFlags) =>
    (await archiveCommands()).archiveLogCommand(name, flags),
  );
  window(
    common(
      archive
        .command("verify <name>")
        .description("compare source, log and mailboxes; exit code 1 when something is missing"),
      "verify main --org acme --from 2026-01-05",
    ),
  ).action(async (name: string, flags: ArchiveWindowFlags) =>
    (await import("./commands/archive-verify.ts")).archiveVerifyCommand(name, flags),
  );
  window(
    common(
      archive.command("export <name>").description("the mails of a window as .eml files"),
      "export main --org acme --out mails",
    ),
  )
    .requiredOption("--out <folder>", "where to")
    .action(async (name: string, flags: ArchiveWindowFlags & { readonly out: string }) =>
      (await archiveCommands()).archiveExportCommand(name, flags),
    );
};

/** `hybrid archive`: the connectors that put Webex messages into mailboxes. */
export const addArchive = (parent: Command): void => {
  const archive = parent
    .command("archive")
    .description("connectors that archive Webex messages in mailboxes");
  addCreate(archive);
  addLooks(archive);
  for (const kind of ["pause", "resume"] as const)
    common(
      archive
        .command(`${kind} <name>`)
        .description(
          kind === "pause" ? "read nothing more; what is under way ends" : "read on where it stopped",
        ),
      `${kind} main --org acme`,
    ).action(async (name: string, flags: ArchiveFlags) =>
      (await archiveCommands()).archiveTurnCommand(kind, name, flags),
    );
  window(
    common(
      archive.command("rerun <name>").description("read a window again; what mailboxes have is skipped"),
      "rerun main --org acme --from 2026-01-05 --to 2026-01-06",
    ),
  ).action(async (name: string, flags: ArchiveWindowFlags) =>
    (await archiveCommands()).archiveRerunCommand(name, flags),
  );
};
