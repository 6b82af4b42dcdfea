import { type Command, Option } from "commander";
import type {
  GroupsConfigureFlags,
  GroupsConfirmFlags,
  GroupsFlags,
  GroupsTextFlags,
  OrganisationOrder,
} from "./commands/groups.ts";

const groups = () => import("./commands/groups.ts");

const languageOption = (): Option =>
  new Option("--language <tag>", "en or sv; the language of your shell when left out");

/** `command` with what all of `hybrid groups` have. */
const common = (command: Command, logOption: () => Option): Command =>
  command
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--json", "print JSON", false);

const addLooks = (parent: Command, logOption: () => Option): void => {
  common(parent.command("list"), logOption)
    .description("every team, where it stands with its group, and why")
    .addHelpText("after", "\nExample:\n  pnpm hybrid groups list --org acme")
    .action(async (flags: GroupsFlags) => (await groups()).groupsListCommand(flags));
  common(parent.command("show <team>"), logOption)
    .description(
      "one team: its group, spaces, who was refused and why, the next try; what is wrong, explained",
    )
    .addOption(languageOption())
    .addHelpText(
      "after",
      "\nExample:\n  pnpm hybrid groups show 13e18f40-42fc-11e6-a9d8-211a0dc79769 --org acme",
    )
    .action(async (team: string, flags: GroupsTextFlags) => (await groups()).groupsShowCommand(team, flags));
  common(parent.command("prerequisites"), logOption)
    .description("what groups need, with ticks, and what to do; 1 while something is missing")
    .addOption(languageOption())
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid groups prerequisites --org acme\n" +
        "  pnpm hybrid groups prerequisites --org acme --language sv",
    )
    .action(async (flags: GroupsTextFlags) => (await groups()).groupsPrerequisitesCommand(flags));
  parent
    .command("permissions")
    .description("what a tenant's administrator accepts for groups, with the reason of each")
    .addOption(languageOption())
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid groups permissions --language sv")
    .action(async (flags: { readonly language?: string; readonly json: boolean }) =>
      (await groups()).groupsPermissionsCommand(flags),
    );
};

const addConfigure = (parent: Command, logOption: () => Option): void => {
  common(parent.command("configure"), logOption)
    .description("how an organisation wants its groups")
    .requiredOption("--tenant <id>", "the Entra tenant in which groups are made")
    .requiredOption("--webex-org <uuid>", "the UUID of the Webex organisation")
    .option("--mode <mode>", "everyTeam, or optIn: teams that are connected, or get the bot", "optIn")
    .option("--visibility <visibility>", "private or public", "private")
    .option("--welcome-mail", "let Microsoft write to everybody who becomes a member", false)
    .option("--prefix <text>", "what the tenant's naming policy wants before names", "")
    .option("--suffix <text>", "and behind them", "")
    .option("--language <tag>", "of all that people are told; each person's own when left out")
    .option("--bot <uuid>", "the bot that a team adds to ask for its group")
    .option("--new", "the organisation is a new one, though its id is close to another's", false)
    .addHelpText(
      "after",
      "\nExample:\n  pnpm hybrid groups configure --org acme " +
        "--tenant 6f9619ff-8b86-4011-b42d-00c04fc964ff \\\n" +
        "    --webex-org 0a0a0a0a-1111-4111-8111-000000000001 --mode everyTeam",
    )
    .action(async (flags: GroupsConfigureFlags) => (await groups()).groupsConfigureCommand(flags));
};

const organisationOrders: Readonly<Record<OrganisationOrder, string>> = {
  authorise: "the tenant's administrator has accepted the permissions (again)",
  revoke: "take the authorisation back: nothing is done any more",
  enable: "switch groups on",
  disable: "switch groups off; what is there stays",
};

const addOrders = (parent: Command, logOption: () => Option): void => {
  for (const [kind, description] of Object.entries(organisationOrders) as [OrganisationOrder, string][])
    common(parent.command(kind), logOption)
      .description(description)
      .addOption(languageOption())
      .addHelpText("after", `\nExample:\n  pnpm hybrid groups ${kind} --org acme`)
      .action(async (flags: GroupsTextFlags) => (await groups()).groupsOrganisationCommand(kind, flags));
  common(parent.command("confirm <prerequisite>"), logOption)
    .description("say that a prerequisite is met which no interface tells")
    .option("--value <text>", "of tenantName: a verified domain of the tenant", "yes")
    .option("--undo", "take it back", false)
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid groups confirm linkedFolders --org acme\n" +
        "  pnpm hybrid groups confirm tenantName --value contoso.example --org acme",
    )
    .action(async (name: string, flags: GroupsConfirmFlags) =>
      (await groups()).groupsConfirmCommand(name, flags),
    );
};

const teamOrders = {
  connect: "give a team its group, or connect it again",
  disconnect: "follow the group no more; team and group stay unchanged",
  retry: "try a team again now",
} as const;

const addTeamOrders = (parent: Command, logOption: () => Option): void => {
  for (const [kind, description] of Object.entries(teamOrders) as [keyof typeof teamOrders, string][]) {
    const command = common(parent.command(`${kind} <team>`), logOption).description(description);
    if (kind === "connect") command.option("--name <text>", "name the group so, instead of as the team");
    command
      .addHelpText(
        "after",
        `\nExample:\n  pnpm hybrid groups ${kind} 13e18f40-42fc-11e6-a9d8-211a0dc79769 --org acme`,
      )
      .action(async (team: string, flags: GroupsFlags & { readonly name?: string }) =>
        (await groups()).groupsTeamCommand(kind, team, flags),
      );
  }
};

/** `hybrid groups`: Microsoft 365 groups of Webex teams. */
export const addGroups = (root: Command, logOption: () => Option): void => {
  const parent = root.command("groups").description("Microsoft 365 groups of Webex teams");
  addLooks(parent, logOption);
  addConfigure(parent, logOption);
  addOrders(parent, logOption);
  addTeamOrders(parent, logOption);
};
