import { type Command, InvalidArgumentError } from "commander";
import type { ExplainEventFlags, ExplainLinksFlags, ExplainOccurrencesFlags } from "./commands/explain.ts";
import { placeOption } from "./place-option.ts";

const commands = () => import("./commands/explain.ts");

const momentOf = (text: string): number => {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError("must be a date, or a date and time such as 2026-01-05T07:00:00Z");
};

const addLinks = (explain: Command): void => {
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

const addEvent = (explain: Command): void => {
  explain
    .command("event <event>")
    .description(
      "rule by rule why an event, a file (JSON of Graph) or an id, is or is not decorated in a mailbox",
    )
    .option("--tenant <id>", "tenant of the mailbox; Graph is asked by the settings of `hybrid up`")
    .option("--user <id>", "object id of the mailbox's user")
    .addOption(placeOption("--webex <place>", "what @webex means without a modifier", "personalRoom"))
    .addOption(placeOption("--meet <place>", "what @meet means without a modifier", "space"))
    .option("--join-settings <file>", "what the organisation wants, as for `hybrid tenants authorize`")
    .option("--at <time>", "judge as at this time; now when left out", momentOf)
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\nA file must hold the event with its property, so that our own block is known:" +
        "\n  $expand=singleValueExtendedProperties($filter=id eq 'String " +
        "{5d1b0a4e-7c86-4f0e-9a53-2f6c1e8b4d97} Name HybridDecoration')" +
        "\n\nExamples:\n  pnpm hybrid explain event event.json --at 2026-01-05T07:00:00Z" +
        "\n  pnpm hybrid explain event AAkALg… --tenant 6f9619ff-8b86-4011-b42d-00c04fc964ff --user 4444…",
    )
    .action(async (file: string, flags: ExplainEventFlags) =>
      (await commands()).explainEventCommand(file, flags),
    );
};

const addOccurrences = (explain: Command): void => {
  explain
    .command("occurrences <file>")
    .description("when a series (JSON of Graph) takes place, with what is cancelled or differs")
    .requiredOption("--from <time>", "from this moment on", momentOf)
    .requiredOption("--to <time>", "until this moment", momentOf)
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\nExample:\n  pnpm hybrid explain occurrences series.json --from 2026-01-01 --to 2026-04-01",
    )
    .action(async (file: string, flags: ExplainOccurrencesFlags) =>
      (await commands()).explainOccurrencesCommand(file, flags),
    );
};

const addBody = (explain: Command): void => {
  explain
    .command("body <file>")
    .description("what of a body, or of an event's body, is a block of ours")
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  pnpm hybrid explain body body.html")
    .action(async (file: string, flags: { readonly json: boolean }) =>
      (await commands()).explainBodyCommand(file, flags),
    );
};

/** Adds `hybrid explain`, which tells what the services would do and why. */
export const addExplain = (parent: Command): void => {
  const explain = parent
    .command("explain")
    .description("what would be done with an event, a body or its links, and why; nothing is written");
  for (const add of [addEvent, addLinks, addOccurrences, addBody]) add(explain);
};
