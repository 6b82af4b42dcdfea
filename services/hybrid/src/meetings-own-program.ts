import { Argument, type Command, Option } from "commander";
import type { MeetingsApiFlags } from "./commands/meetings.ts";
import type { MeetingWordsFlags, ScopeFlag } from "./commands/meetings-own.ts";
import { moment, momentOrDay } from "./moment-given.ts";
import { repeat } from "./repeat-given.ts";
import { wholeNumber } from "./whole-number.ts";

const commands = () => import("./commands/meetings-own.ts");

/** Makes a command that asks the API. */
type Asking = (command: Command) => Command;

const example = (text: string): string => `\nExample:\n  pnpm hybrid meetings ${text}`;

const each = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const withWords = (command: Command): Command =>
  command
    .option("--subject <text>", "what it is about")
    .option("--start <time>", "when it begins; with --all-day its first day", momentOrDay)
    .option("--end <time>", "when it ends; with --all-day the day after its last one", momentOrDay)
    .option("--all-day", "it takes whole days")
    .option(
      "--repeat <pattern>",
      "it is a series, for example daily, weekly/2:mon,wed, monthly:last-fri",
      repeat,
    )
    .option("--until <date>", "the last day of the series; it never ends when left out", momentOrDay)
    .option("--times <number>", "how many meetings the series has", wholeNumber)
    .option("--time-zone <name>", "where whole days and series are; this machine's when left out")
    .option("--location <text>", "where it is")
    .option("--invite <address>", "who is invited; give it again for others", each)
    .option("--room <address>", "a room to be booked; give it again for others", each);

const withScope = (command: Command): Command =>
  command.addOption(
    new Option("--scope <scope>", "of a series: this meeting, this and all that follow, or all")
      .choices(["occurrence", "following", "series"])
      .default("occurrence"),
  );

const addSchedule = (parent: Command, asking: Asking): void => {
  withWords(asking(parent.command("schedule <user>")))
    .description("put a meeting into the user's own calendar")
    .option("--keyword <keyword>", "asks for join details, for example @webex; it goes into the location")
    .option("--text <text>", "what the invitation says")
    .option("--key <key>", "the same key makes no second meeting; a new one when left out")
    .addHelpText(
      "after",
      example(
        "schedule ada@acme.example --subject Planning --start 2026-01-05T09:00Z --end 2026-01-05T09:30Z " +
          "--keyword @webex --invite bo@acme.example --room oslo@acme.example",
      ) +
        "\n  pnpm hybrid meetings schedule ada@acme.example --subject Daily --start 2026-01-05T09:00+01:00 " +
        "--end 2026-01-05T09:15+01:00 --repeat weekly:mon,wed --until 2026-06-30 --time-zone Europe/Oslo" +
        "\n  pnpm hybrid meetings schedule ada@acme.example --subject Fair --all-day --start 2026-03-28",
    )
    .action(
      async (
        user: string,
        flags: MeetingsApiFlags & MeetingWordsFlags & { keyword?: string; text?: string; key?: string },
      ) => (await commands()).meetingsScheduleCommand(user, flags),
    );
};

const addEdit = (parent: Command, asking: Asking): void => {
  withScope(withWords(asking(parent.command("edit <user> <id>"))))
    .description("change an own meeting; who is invited is replaced as a whole")
    .option("--if-match <etag>", "the version that was seen; the one of the list when left out")
    .addHelpText(
      "after",
      example("edit ada@acme.example 4f6c… --start 2026-01-05T10:00Z --end 2026-01-05T11:00Z"),
    )
    .action(
      async (
        user: string,
        id: string,
        flags: MeetingsApiFlags & MeetingWordsFlags & ScopeFlag & { ifMatch?: string },
      ) => (await commands()).meetingsEditCommand(user, id, flags),
    );
};

/** What people do in their own calendars. */
export const addOwnCalendar = (parent: Command, asking: Asking): void => {
  addSchedule(parent, asking);
  addEdit(parent, asking);
  withScope(asking(parent.command("cancel <user> <id>")))
    .description("call an own meeting off")
    .option("--comment <text>", "what those invited read", "")
    .addHelpText("after", example('cancel ada@acme.example 4f6c… --comment "Not needed any more"'))
    .action(async (user: string, id: string, flags: MeetingsApiFlags & ScopeFlag & { comment: string }) =>
      (await commands()).meetingsCancelCommand(user, id, flags),
    );
  withScope(asking(parent.command("answer <user> <id>")))
    .addArgument(new Argument("<answer>", "what to answer").choices(["accept", "decline", "tentative"]))
    .description("answer an invitation")
    .option("--comment <text>", "what the organiser reads", "")
    .option("--silent", "the organiser is not told", false)
    .addHelpText("after", example("answer ada@acme.example 4f6c… tentative --comment Perhaps"))
    .action(
      async (
        user: string,
        id: string,
        answer: "accept" | "decline" | "tentative",
        flags: MeetingsApiFlags & ScopeFlag & { comment: string; silent: boolean },
      ) => (await commands()).meetingsAnswerCommand(user, id, answer, flags),
    );
  asking(parent.command("free <user> <address...>"))
    .description("when people and rooms are free, as the user may know it")
    .requiredOption("--from <time>", "from this moment on", moment)
    .requiredOption("--to <time>", "until this moment", moment)
    .addHelpText(
      "after",
      example(
        "free ada@acme.example bo@acme.example oslo@acme.example " +
          "--from 2026-01-05T08:00Z --to 2026-01-05T18:00Z",
      ),
    )
    .action(
      async (
        user: string,
        addresses: readonly string[],
        flags: MeetingsApiFlags & { from: string; to: string },
      ) => (await commands()).meetingsFreeCommand(user, addresses, flags),
    );
};
