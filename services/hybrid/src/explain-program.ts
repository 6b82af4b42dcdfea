import type { Command } from "commander";
import type { ExplainLinksFlags } from "./commands/explain.ts";

const commands = () => import("./commands/explain.ts");

/** Adds `hybrid explain`, which tells from files alone what the services would do and why. */
export const addExplain = (parent: Command): void => {
  const explain = parent
    .command("explain")
    .description("what would be done with an event, a body or its links, and why; from files, asking nobody");
  explain
    .command("links <file>")
    .description("which meeting an event (JSON of Graph), an HTML document or a text tells how to join")
    .option("--rules <file>", "rules of your own (JSON), tried before the shipped ones")
    .option("--external", "judge as the invitation of somebody outside the organisation", false)
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\nThe shape of rules: packages/meeting-links/README.md." +
        "\n\nExamples:\n  pnpm hybrid explain links invitation.html" +
        "\n  pnpm hybrid explain links event.json --rules own.json --json",
    )
    .action(async (file: string, flags: ExplainLinksFlags) =>
      (await commands()).explainLinksCommand(file, flags),
    );
};
