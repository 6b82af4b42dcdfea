import type { Command, Option } from "commander";
import type { ExplainLinksFlags } from "./commands/explain.ts";
import type { RulesFlags, RulesOrderFlags } from "./commands/rules.ts";
import { wholeNumber } from "./whole-number.ts";

const rules = () => import("./commands/rules.ts");

/** `command` with what all of `hybrid rules` have. */
const common = (command: Command, logOption: () => Option): Command =>
  command
    .requiredOption("--org <id>", "the organisation (a-z 0-9 _ -)")
    .addOption(logOption())
    .option("--json", "print JSON", false);

const ordering = (command: Command, logOption: () => Option): Command =>
  common(command, logOption)
    .option("--if-match <version>", "only when the rules still have this version; 0: none yet", wholeNumber)
    .option("--wait <seconds>", "how long to wait for the outcome", wholeNumber, 10);

const addLooks = (parent: Command, logOption: () => Option): void => {
  common(parent.command("list"), logOption)
    .description("every rule in the order in which rules are tried, the organisation's own ones first")
    .addHelpText("after", "\nExample:\n  pnpm hybrid rules list --org acme")
    .action(async (flags: RulesFlags) => (await rules()).rulesListCommand(flags));
  common(parent.command("show"), logOption)
    .description("the organisation's own rules as a document, to be edited and set again")
    .addHelpText("after", "\nExample:\n  pnpm hybrid rules show --org acme > rules.json")
    .action(async (flags: RulesFlags) => (await rules()).rulesShowCommand(flags));
  parent
    .command("test <file>")
    .description("which meeting an invitation (JSON of Graph, HTML, text) tells how to join, by which rule")
    .option("--org <id>", "the organisation whose rules are tried; the shipped ones alone without")
    .option("--rules <file>", "try these rules (JSON) instead, before they are set")
    .option("--external", "judge as the invitation of somebody outside the organisation", false)
    .addOption(logOption())
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid rules test invitation.html --org acme" +
        "\n  pnpm hybrid rules test invitation.html --rules rules.json --external",
    )
    .action(async (file: string, flags: ExplainLinksFlags) =>
      (await import("./commands/explain.ts")).explainLinksCommand(file, flags),
    );
};

/** `hybrid rules`: an organisation's own rules for addresses of meetings. */
export const addRules = (root: Command, logOption: () => Option): void => {
  const parent = root
    .command("rules")
    .description("an organisation's own rules for addresses of meetings, before the shipped ones");
  addLooks(parent, logOption);
  ordering(parent.command("set <file>"), logOption)
    .description("these rules (JSON) are the organisation's own from now on, all others go")
    .addHelpText(
      "after",
      "\nThe shape of rules: packages/meeting-links/README.md. A rule that has a shipped one's name takes " +
        'its place; with "enabled": false that switches the shipped one off.' +
        "\n\nExamples:\n  pnpm hybrid rules set rules.json --org acme" +
        "\n  pnpm hybrid rules set rules.json --org acme --if-match 3",
    )
    .action(async (file: string, flags: RulesOrderFlags) => (await rules()).rulesSetCommand(file, flags));
  ordering(parent.command("reset"), logOption)
    .description("the shipped rules alone, from now on")
    .addHelpText("after", "\nExample:\n  pnpm hybrid rules reset --org acme")
    .action(async (flags: RulesOrderFlags) => (await rules()).rulesResetCommand(flags));
};
