import { type Command, InvalidArgumentError, type Option } from "commander";
import type { UsersImportFlags } from "./commands/users.ts";
import type { UsersEraseFlags } from "./commands/users-erase.ts";
import type {
  UsersExportFlags,
  UsersFindingsFlags,
  UsersListFlags,
  UsersShowFlags,
} from "./commands/users-look.ts";
import type { UsersOrderFlags } from "./commands/users-order.ts";
import type { UsersSyncFlags } from "./commands/users-sync.ts";
import { wholeNumber } from "./whole-number.ts";

const look = () => import("./commands/users-look.ts");
const erase = () => import("./commands/users-erase.ts");

const seconds = (text: string): number => {
  const given = Number(text);
  if (Number.isFinite(given) && given >= 0) return given;
  throw new InvalidArgumentError("must be seconds, for example 10");
};

/** The options by which users are chosen. */
const withChoice = (command: Command): Command =>
  command
    .option("--org <id>", "only this organisation")
    .option("--state <state>", "only users in this state, for example error")
    .option("--tenant <id>", "only users of this tenant")
    .option("--address <text>", "only users whose mail address has this in it")
    .option("--reason <code>", "only users with this error code or obstacle, for example notSignedIn")
    .option("--resource-group <name>", "only users of this resource group of an on-premises connector");

const addImport = (users: Command, logOption: () => Option): void => {
  users
    .command("import <file>")
    .description("put people from a .csv or .json file into the directory, with a report")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--new", "the organisation is a new one, though its id is close to another's", false)
    .option("--strict", "import nothing when a line has a fault", false)
    .option("--dry-run", "say what would change, and change nothing", false)
    .option("--json", "print the report as JSON", false)
    .addHelpText(
      "after",
      "\nColumns: objectId, tenantId, mailAddress; optional: userId, enabled, connector, resourceGroup." +
        "\n\nExamples:\n  pnpm hybrid users import people.csv --org acme --dry-run" +
        "\n  pnpm hybrid users import people.csv --org acme",
    )
    .action(async (file: string, flags: UsersImportFlags) =>
      (await import("./commands/users.ts")).usersImportCommand(file, flags),
    );
};

const addSync = (users: Command, logOption: () => Option): void => {
  users
    .command("sync")
    .description("synchronise people from Webex and Microsoft Graph now, and every hour from then on")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--from <sources>", "webex, graph, or both with a comma between", "webex,graph")
    .option("--tenant <id>", "this tenant's users only; all authorised tenants when left out")
    .option("--full", "read everybody again, not only what changed", false)
    .option("--dry-run", "read the sources here, say what would change, and change nothing", false)
    .option("--stop", "leave these sources alone from now on; who came from them stays", false)
    .option("--new", "the organisation is a new one, though its id is close to another's", false)
    .option("--wait <seconds>", "how long to show progress; the run goes on without", seconds, 600)
    .option("--json", "print how far each source is as JSON", false)
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid users sync --org acme --dry-run\n  pnpm hybrid users sync --org acme" +
        "\n  pnpm hybrid users sync --org acme --from webex --full" +
        "\n  pnpm hybrid users findings --org acme",
    )
    .action(async (flags: UsersSyncFlags) =>
      (await import("./commands/users-sync.ts")).usersSyncCommand(flags),
    );
};

const addLooks = (users: Command, logOption: () => Option): void => {
  withChoice(users.command("list"))
    .description("every user's state, reason and next try")
    .addOption(logOption())
    .option("--limit <n>", "rows to show at most; the rest is counted", wholeNumber)
    .option("--after <user>", "only users behind this one: the next page")
    .option("--json", "print JSON, one array", false)
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid users list --state error" +
        "\n  pnpm hybrid users list --limit 100 --after acme/u-4711" +
        "\n  pnpm hybrid users list --json",
    )
    .action(async (flags: UsersListFlags) => (await look()).usersListCommand(flags));
  users
    .command("show <user>")
    .description("all that is known of one user: by id, mail address or object id")
    .addOption(logOption())
    .option("--org <id>", "the organisation, when several have such a user")
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid users show ada@acme.example")
    .action(async (user: string, flags: UsersShowFlags) => (await look()).usersShowCommand(user, flags));
  withChoice(users.command("export [user]"))
    .description("the status report as CSV; of one user, everything that is stored, as JSON")
    .addOption(logOption())
    .option("--json", "print JSON, one array", false)
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid users export --org acme --state error > errors.csv" +
        "\n  pnpm hybrid users export ada@acme.example > ada.json",
    )
    .action(async (user: string | undefined, flags: UsersExportFlags) =>
      user === undefined
        ? (await look()).usersExportCommand(flags)
        : (await erase()).personExportCommand(user, flags),
    );
  users
    .command("findings")
    .description("the conflict report: clashes of addresses, missing links, and what to do about each")
    .addOption(logOption())
    .option("--org <id>", "only this organisation")
    .option("--code <code>", "only this finding, for example externalIdInvalid")
    .option("--csv", "print CSV", false)
    .option("--json", "print JSON, one array", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid users findings --org acme --csv > findings.csv")
    .action(async (flags: UsersFindingsFlags) => (await look()).usersFindingsCommand(flags));
};

const orders = {
  enable: "the toggle on: counters are reset, and the user is tried at once",
  disable: "the toggle off: the subscription is deleted",
  retry: "try users in Error or Not activated again, now",
  remove: "take users out of the service; synchronising does not bring them back",
} as const;

const addOrders = (users: Command, logOption: () => Option): void => {
  for (const order of ["enable", "disable", "retry", "remove"] as const)
    withChoice(users.command(`${order} [users...]`))
      .description(orders[order])
      .addOption(logOption())
      .option("--all", "all users that the other options choose", false)
      .option("--if-match <version>", "only while the user has this version", wholeNumber)
      .option("--wait <seconds>", "how long to wait for the outcome; the order holds without", seconds, 10)
      .option("--json", "print outcomes as JSON, one array", false)
      .addHelpText(
        "after",
        `\nExamples:\n  pnpm hybrid users ${order} ada@acme.example\n` +
          `  pnpm hybrid users ${order} --all --org acme --state ${order === "retry" ? "error" : "disabled"}`,
      )
      .action(async (names: string[], flags: UsersOrderFlags) =>
        (await import("./commands/users-order.ts")).usersOrderCommand(order, names, flags),
      );
};

const addErase = (users: Command, logOption: () => Option): void => {
  users
    .command("erase <user>")
    .description("take a user out of the service, remove what is stored of the person, and delete its keys")
    .addOption(logOption())
    .option("--org <id>", "the organisation, when several have such a user")
    .option("--yes", "it is meant", false)
    .option("--wait <seconds>", "how long to wait for the services", seconds, 30)
    .option("--json", "print what was done as JSON", false)
    .addHelpText(
      "after",
      "\nRepeat it when it was interrupted, by the user's id if nothing else is left.\n" +
        "\nExample:\n  pnpm hybrid users erase ada@acme.example --yes",
    )
    .action(async (user: string, flags: UsersEraseFlags) => (await erase()).usersEraseCommand(user, flags));
};

/** `hybrid users`: the people of an organisation. */
export const addUsers = (parent: Command, logOption: () => Option): void => {
  const users = parent.command("users").description("the people of an organisation");
  addImport(users, logOption);
  addSync(users, logOption);
  addLooks(users, logOption);
  addOrders(users, logOption);
  addErase(users, logOption);
};
