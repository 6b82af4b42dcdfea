import { type Command, Option } from "commander";
import type {
  TenantsAuthorizeFlags,
  TenantsDeactivateFlags,
  TenantsListFlags,
  TenantsPermissionsFlags,
  TenantsTestFlags,
} from "./commands/tenants.ts";
import type { TenantsOffboardFlags } from "./commands/tenants-offboard.ts";
import { placeOption } from "./place-option.ts";
import { wholeNumber } from "./whole-number.ts";

const commands = () => import("./commands/tenants.ts");

const example = "6f9619ff-8b86-4011-b42d-00c04fc964ff";

const addAuthorize = (tenants: Command, logOption: () => Option): void => {
  tenants
    .command("authorize [tenantId]")
    .alias("authorise")
    .description(
      "put a tenant into service (again): its users are tried; or print a link for its administrator",
    )
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option(
      "--link",
      "print a link by which the tenant's administrator accepts the permissions; good for a day",
      false,
    )
    .option("--app <name>", "with --link: calendar, groups or archive", "calendar")
    .addOption(
      new Option("--consent <who>", "who lets us into calendars: an administrator for all, or each user")
        .choices(["organisation", "user"])
        .default("organisation"),
    )
    .option("--language <tag>", "language of all join details, for example sv; default: the mailbox decides")
    .addOption(placeOption("--webex <place>", "what @webex means without a modifier", "personalRoom"))
    .addOption(placeOption("--meet <place>", "what @meet means without a modifier", "space"))
    .option("--join-settings <file>", "own keywords, texts, site and exclusions (JSON)")
    .option("--new", "the organisation is a new one, though its id is close to another's", false)
    .addHelpText(
      "after",
      "\nThe join settings: services/decorator/README.md." +
        `\n\nExamples:\n  pnpm hybrid tenants authorize ${example} --org acme` +
        "\n  pnpm hybrid --env-file hybrid.env tenants authorize --org acme --link",
    )
    .action(async (tenantId: string | undefined, flags: TenantsAuthorizeFlags) =>
      (await commands()).tenantsAuthorizeCommand(tenantId, flags),
    );
};

const addLooks = (tenants: Command, logOption: () => Option): void => {
  tenants
    .command("list")
    .description("every tenant, and what was decided about it last")
    .addOption(logOption())
    .option("--org <id>", "only this organisation")
    .option("--check", "ask Microsoft Entra too, whether the consent is there and what it lacks", false)
    .option("--json", "print JSON, one array", false)
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid tenants list\n  pnpm hybrid --env-file hybrid.env tenants list --check",
    )
    .action(async (flags: TenantsListFlags) => (await commands()).tenantsListCommand(flags));
  tenants
    .command("test <tenantId>")
    .description("put an event into a mailbox and remove it, each step shown; 1 when one fails")
    .requiredOption("--mailbox <address>", "a mail address, or a user's object id")
    .option("--json", "print JSON, one array", false)
    .addHelpText(
      "after",
      `\nExample:\n  pnpm hybrid --env-file hybrid.env tenants test ${example} --mailbox ada@acme.example`,
    )
    .action(async (tenantId: string, flags: TenantsTestFlags) =>
      (await commands()).tenantsTestCommand(tenantId, flags),
    );
  tenants
    .command("permissions")
    .description("what each registration asks for, and why")
    .option("--app <name>", "only this registration: calendar, groups or archive")
    .option("--json", "print JSON, one array", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid tenants permissions --app calendar")
    .action(async (flags: TenantsPermissionsFlags) => (await commands()).tenantsPermissionsCommand(flags));
};

/** Adds `hybrid tenants`. */
export const addTenants = (parent: Command, logOption: () => Option): void => {
  const tenants = parent
    .command("tenants")
    .description("tenants of Microsoft Entra, and what they have granted");
  addAuthorize(tenants, logOption);
  addLooks(tenants, logOption);
  tenants
    .command("deactivate <tenantId>")
    .description("take a tenant out of service: subscriptions are deleted and nobody is tried")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .addHelpText("after", `\nExample:\n  pnpm hybrid tenants deactivate ${example} --org acme`)
    .action(async (tenantId: string, flags: TenantsDeactivateFlags) =>
      (await commands()).tenantsDeactivateCommand(tenantId, flags),
    );
  tenants
    .command("offboard <tenantId>")
    .description("take a tenant out of service for good, and wait until nobody is watched")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--remove-join-details", "take ours out of future invitations; what people wrote stays", false)
    .option("--wait <seconds>", "how long to wait for the subscriptions' end", wholeNumber, 300)
    .option("--yes", "that you mean it", false)
    .addHelpText(
      "after",
      `\nExample:\n  pnpm hybrid tenants offboard ${example} --org acme --yes` +
        `\n  pnpm hybrid tenants offboard ${example} --org acme --remove-join-details --yes`,
    )
    .action(async (tenantId: string, flags: TenantsOffboardFlags) =>
      (await import("./commands/tenants-offboard.ts")).tenantsOffboardCommand(tenantId, flags),
    );
};
