import { type Command, InvalidArgumentError, Option } from "commander";
import type { MeetingsApiFlags, MeetingsFlags } from "./commands/meetings.ts";
import { addOwnCalendar } from "./meetings-own-program.ts";
import { moment } from "./moment-given.ts";

const meetings = () => import("./commands/meetings.ts");

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const duration = (text: string): number => {
  const { count, unit = "" } = /^(?<count>[1-9]\d{0,4})(?<unit>[mhd])$/.exec(text)?.groups ?? {};
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (Number.isNaN(ms)) throw new InvalidArgumentError("must be a number of m, h or d, for example 8h");
  return ms;
};

const common = (command: Command, logOption: () => Option): Command =>
  command
    .addOption(logOption())
    .option("--org <id>", "the user's organisation, where several have one of that name")
    .option("--json", "print JSON", false);

const asking = (command: Command, logOption: () => Option): Command =>
  common(command, logOption).addOption(
    new Option("--api <url>", "where services serve HTTP together")
      .env("HYBRID_API_URL")
      .default("http://127.0.0.1:8080"),
  );

/** `hybrid meetings`: what a user's calendar holds, and what can be joined. */
export const addMeetings = (root: Command, logOption: () => Option): void => {
  const parent = root
    .command("meetings")
    .description("a user's meetings, and what can be joined; MEETINGS_TOKEN_KEY opens them");
  asking(parent.command("list <user>"), logOption)
    .description("the meetings of a user, by id or mail address")
    .option("--from <time>", "meetings that end then or later; 7 days ago when left out", moment)
    .option("--to <time>", "meetings that start then or earlier; in 31 days when left out", moment)
    .addHelpText("after", "\nExample:\n  pnpm hybrid meetings list ada@acme.example")
    .action(async (user: string, flags: MeetingsApiFlags) =>
      (await meetings()).meetingsListCommand(user, flags),
    );
  asking(parent.command("watch <user>"), logOption)
    .description("what changes, and what can be joined, as it comes, until it is stopped")
    .addHelpText("after", "\nExample:\n  pnpm hybrid meetings watch acme/u-4711 --json")
    .action(async (user: string, flags: MeetingsApiFlags) =>
      (await meetings()).meetingsWatchCommand(user, flags),
    );
  asking(parent.command("join <user>"), logOption)
    .description("how to join the meeting that can be joined now; 1 when there is none")
    .addHelpText("after", "\nExample:\n  pnpm hybrid meetings join ada@acme.example")
    .action(async (user: string, flags: MeetingsApiFlags) =>
      (await meetings()).meetingsJoinCommand(user, flags),
    );
  addOwnCalendar(parent, (command) => asking(command, logOption));
  common(parent.command("token <user>"), logOption)
    .description("make a token, with which programs of a user read the user's own meetings")
    .option("--for <time>", "how long it is good for, at most 30d", duration, unitMs["d"])
    .addHelpText("after", "\nExample:\n  pnpm hybrid meetings token ada@acme.example --for 8h")
    .action(async (user: string, flags: MeetingsFlags & { readonly for: number }) =>
      (await meetings()).meetingsTokenCommand(user, flags),
    );
  asking(parent.command("link <user>"), logOption)
    .description("make a link that opens the page with a user's own meetings in a browser")
    .option("--for <time>", "how long it is good for, at most 30d", duration, unitMs["d"])
    .addHelpText(
      "after",
      "\nThe link holds a token behind its #, so give it to the user alone." +
        "\n\nExample:\n  pnpm hybrid meetings link ada@acme.example --api https://meetings.acme.example",
    )
    .action(async (user: string, flags: MeetingsApiFlags & { readonly for: number }) =>
      (await meetings()).meetingsLinkCommand(user, flags),
    );
};
