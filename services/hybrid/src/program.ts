import { Command, InvalidArgumentError, Option } from "commander";
import type { ConnectFlags } from "./commands/connect.ts";
import type { DemoFlags } from "./commands/demo.ts";
import type { UsersImportFlags, UsersListFlags } from "./commands/users.ts";
import { settingsHelp } from "./settings.ts";

// Each command loads what it needs when it runs: a look at the users need not load both simulators.

const wholeNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError("must be a whole number, 0 or more");
  return value;
};

const logOption = (): Option =>
  new Option("--data <folder>", "folder of the embedded log").env("HYBRID_DATA_DIR").default(".hybrid");

const addDemo = (parent: Command): void => {
  parent
    .command("demo")
    .description("play a working day of an organisation against the simulators, then serve until Ctrl-C")
    .option("--once", "end after the day; exit code 0 only if every expectation held", false)
    .option("--mailboxes <n>", "how many mailboxes the organisation has, at least 30", wholeNumber, 200)
    .option("--seed <n>", "which day is played; the same seed plays the same day", wholeNumber, 1)
    .option(
      "--kill-at <n>",
      "kill -9 of the services when the simulators have seen n requests; 0: never",
      wholeNumber,
    )
    .option("--keep", "keep the log file and say where it is", false)
    .option("--json", "print the end as JSON instead of tables", false)
    .addOption(
      new Option("--plant <fault>", "make a mistake on purpose, to see the expectations fail")
        .choices(["retriesEarly", "losesUserText", "forgetsKeywordRemoval"])
        .hideHelp(),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm demo\n  pnpm demo --once --seed 7\n  pnpm demo --once --kill-at 900 --keep",
    )
    .action(async (flags: DemoFlags) => (await import("./commands/demo.ts")).demoCommand(flags));
};

const addUsers = (parent: Command): void => {
  const users = parent.command("users").description("the people of an organisation");
  users
    .command("import <file>")
    .description("put people from a .csv or .json file into the directory, with a report")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--strict", "import nothing when a line has a fault", false)
    .option("--json", "print the report as JSON", false)
    .addHelpText(
      "after",
      "\nColumns: objectId, tenantId, mailAddress; optional: userId, enabled, connector, resourceGroup." +
        "\n\nExample:\n  pnpm hybrid users import people.csv --org acme",
    )
    .action(async (file: string, flags: UsersImportFlags) =>
      (await import("./commands/users.ts")).usersImportCommand(file, flags),
    );
  users
    .command("list")
    .description("every user's state, reason and next try")
    .addOption(logOption())
    .option("--org <id>", "only this organisation")
    .option("--state <state>", "only users in this state, for example error")
    .option("--json", "print JSON, one array", false)
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid users list --state error\n  pnpm hybrid users list --json",
    )
    .action(async (flags: UsersListFlags) => (await import("./commands/users.ts")).usersListCommand(flags));
};

/** The operator's command line. */
export const program = (): Command => {
  const root = new Command("hybrid")
    .description("Keeps Webex and Microsoft 365 in step for every user of an organisation.")
    .showHelpAfterError("(see --help)");
  addDemo(root);
  root
    .command("up")
    .description("run all services in one process on the embedded log")
    .addOption(logOption())
    .addHelpText(
      "after",
      () => `\nEnvironment variables (those of each service stand in its config.ts):\n${settingsHelp()}`,
    )
    .action(async (flags: { readonly data: string }) => (await import("./commands/up.ts")).upCommand(flags));
  root
    .command("connect <tenantId>")
    .description("authorise a tenant (again): its users are tried")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--language <tag>", "language of all join details, for example sv; default: the mailbox decides")
    .option("--deactivate", "the opposite: subscriptions are deleted and nobody is tried", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid connect 6f9619ff-8b86-4011-b42d-00c04fc964ff --org acme")
    .action(async (tenantId: string, flags: ConnectFlags) =>
      (await import("./commands/connect.ts")).connectCommand(tenantId, flags),
    );
  addUsers(root);
  return root;
};
