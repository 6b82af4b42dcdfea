import type { Command, Option } from "commander";
import type { ControlHubLinkFlags } from "./commands/control-hub.ts";

/** `hybrid control-hub`: what an operator does for the administrator's page. */
export const addControlHub = (root: Command, logOption: () => Option): void => {
  root
    .command("control-hub")
    .description("the administrator's page")
    .command("link")
    .description("print a link that signs somebody in once, within 15 minutes")
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .requiredOption("--name <who>", "who it is for, as the audit log will name them")
    .option("--role <role>", "full, support, readOnly or user", "full")
    .option("--user <id>", "with --role user: the user in the directory, the part behind u-")
    .addOption(logOption())
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\nIt needs the HUB_SIGN_IN_KEY that the running page has, and HUB_URL or HUB_PORT as that has them. " +
        "The audit log of the organisation says for whom the link was made." +
        "\n\nExample:\n  pnpm hybrid --env-file hybrid.env control-hub link --org acme --name ada@acme.test",
    )
    .action(async (flags: ControlHubLinkFlags) =>
      (await import("./commands/control-hub.ts")).controlHubLinkCommand(flags),
    );
};
