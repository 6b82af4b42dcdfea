import { type Command, InvalidArgumentError, type Option } from "commander";
import type {
  ExplainEventFlags,
  ExplainFlags,
  ExplainLinksFlags,
  ExplainOccurrencesFlags,
} from "./commands/explain.ts";
import { placeOption } from "./place-option.ts";

const commands = () => import("./commands/explain.ts");

const momentOf = (text: string): number => {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError("must be a date, or a date and time such as 2026-01-05T07:00:00Z");
};

type LogOption = () => Option;

/** `command` with what says where the event is. */
const common = (command: Command, logOption: LogOption): Command =>
  command
    .option("--user <user>", "whose mailbox has the event: mail address, id, or object id; a file without")
    .option("--tenant <id>", "tenant of a --user whom the log does not know, who is then an object id")
    .option("--org <id>", "organisation of the user; of a file, whose rules and settings count")
    .option("--rules <file>", "rules for addresses (JSON) instead of the organisation's")
    .addOption(logOption())
    .option("--json", "print JSON", false);

const online =
  "\n\nAn event of a mailbox is asked of Graph by the settings of `hybrid up`; nothing is written.";

const addLinks = (explain: Command, logOption: LogOption): void => {
  common(explain.command("links <event>"), logOption)
    .description("which meeting an event, a file (JSON of Graph, HTML, text) or an id, tells how to join")
    .option("--external", "judge as the invitation of somebody outside the organisation", false)
    .addHelpText(
      "after",
      "\nThe shape of rules: packages/meeting-links/README.md." +
        "\n\nExamples:\n  pnpm hybrid explain links invitation.html" +
        "\n  pnpm hybrid explain links event.json --rules own.json --json" +
        `\n  pnpm hybrid explain links AAkALg… --user ada@acme.example${online}`,
    )
    .action(async (event: string, flags: ExplainLinksFlags) =>
      (await commands()).explainLinksCommand(event, flags),
    );
};

const addEvent = (explain: Command, logOption: LogOption): void => {
  common(explain.command("event <event>"), logOption)
    .description("rule by rule why an event, a file (JSON of Graph) or an id, is or is not decorated")
    .addOption(placeOption("--webex <place>", "what @webex means instead of what the organisation says"))
    .addOption(placeOption("--meet <place>", "what @meet means instead"))
    .option("--join-settings <file>", "instead of the organisation's, as for `hybrid tenants authorize`")
    .option("--at <time>", "judge as at this time; now when left out", momentOf)
    .addHelpText(
      "after",
      "\nA file must hold the event with its property, so that our own block is known:" +
        "\n  $expand=singleValueExtendedProperties($filter=id eq 'String " +
        "{5d1b0a4e-7c86-4f0e-9a53-2f6c1e8b4d97} Name HybridDecoration')" +
        "\n\nExamples:\n  pnpm hybrid explain event event.json --at 2026-01-05T07:00:00Z" +
        "\n  pnpm hybrid explain event AAkALg… --user ada@acme.example" +
        "\n  pnpm hybrid explain event AAkALg… --tenant 6f9619ff-8b86-4011-b42d-00c04fc964ff --user 4444…" +
        online,
    )
    .action(async (event: string, flags: ExplainEventFlags) =>
      (await commands()).explainEventCommand(event, flags),
    );
};

const addMeeting = (explain: Command, logOption: LogOption): void => {
  common(explain.command("meeting <event>"), logOption)
    .description("rule by rule why a list and a room's device show a meeting, a file or an id, or do not")
    .option("--at <time>", "judge as at this time; now when left out", momentOf)
    .addHelpText(
      "after",
      "\nA room is named by --tenant and its object id as --user. MEETINGS_JOIN_… count as for `hybrid up`." +
        "\n\nExamples:\n  pnpm hybrid explain meeting event.json --at 2026-01-05T07:00:00Z" +
        `\n  pnpm hybrid explain meeting AAkALg… --user ada@acme.example${online}`,
    )
    .action(async (event: string, flags: ExplainFlags & { readonly at?: number }) =>
      (await commands()).explainMeetingCommand(event, flags),
    );
};

const addOccurrences = (explain: Command, logOption: LogOption): void => {
  common(explain.command("occurrences <event>"), logOption)
    .description("when a series, a file (JSON of Graph) or an id, takes place; what is cancelled or differs")
    .requiredOption("--from <time>", "from this moment on", momentOf)
    .requiredOption("--to <time>", "until this moment", momentOf)
    .addHelpText(
      "after",
      "\nWhat differs is told of an id, and of a file that holds exceptionOccurrences." +
        "\n\nExample:\n  pnpm hybrid explain occurrences series.json --from 2026-01-01 --to 2026-04-01" +
        online,
    )
    .action(async (event: string, flags: ExplainOccurrencesFlags) =>
      (await commands()).explainOccurrencesCommand(event, flags),
    );
};

const addBody = (explain: Command, logOption: LogOption): void => {
  common(explain.command("body <event>"), logOption)
    .description("what of a body, a file or the body of an event by its id, is a block of ours")
    .addHelpText(
      "after",
      "\nExamples:\n  pnpm hybrid explain body body.html" +
        `\n  pnpm hybrid explain body AAkALg… --user ada@acme.example${online}`,
    )
    .action(async (event: string, flags: ExplainFlags) =>
      (await commands()).explainBodyCommand(event, flags),
    );
};

/** Adds `hybrid explain`, which tells what the services would do and why. */
export const addExplain = (parent: Command, logOption: LogOption): void => {
  const explain = parent
    .command("explain")
    .description("what would be done with an event, a body or its links, and why; nothing is written");
  for (const add of [addEvent, addMeeting, addLinks, addOccurrences, addBody]) add(explain, logOption);
};
