import { setTimeout as pause } from "node:timers/promises";
import { userStatus } from "@hybrid/contracts";
import { type ActorId, actorIdOf, ConfigError, entityOf } from "@hybrid/kernel";
import { type MeetingItem, pageLink, tokenMsMax } from "@hybrid/meetings";
import { refused } from "../given.ts";
import {
  listMeetings,
  type MeetingEvent,
  type MeetingsPlace,
  meetingEvents,
  tokenFor,
} from "../meetings-client.ts";
import { table } from "../tables.ts";
import { oneOf } from "../users/one-of.ts";
import { presentPeople } from "../users/people-view.ts";
import { withLog } from "../with-log.ts";

/** The flags that all of `hybrid meetings` have. */
export interface MeetingsFlags {
  readonly data: string;
  readonly org?: string;
  readonly json: boolean;
}

/** The flags of those that ask the API. */
export interface MeetingsApiFlags extends MeetingsFlags {
  readonly api: string;
}

/** One line of output. */
export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** A user by the whole id, else by whatever `hybrid users show` takes, which the log is asked for. */
const userGiven = async (text: string, { data, org }: MeetingsFlags): Promise<ActorId> => {
  if (/^[^/@]+\/u-[^/]+$/.test(text)) {
    const id = actorIdOf(text);
    if (entityOf(id).startsWith("u-")) return id;
  }
  const { user } = await withLog(data, userStatus.name, async (opened) =>
    oneOf(await presentPeople(opened), text, org),
  );
  return actorIdOf(user);
};

/** Where the API is, and whose meetings are meant. Rejects with ConfigError. */
export const placeGiven = async (user: string, flags: MeetingsApiFlags): Promise<MeetingsPlace> => {
  const url = URL.canParse(flags.api) ? new URL(flags.api) : null;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw refused("--api", `"${flags.api}" is no address; it is for example http://127.0.0.1:8080`);
  return { api: flags.api, user: await userGiven(user, flags) };
};

/** A moment as people read it, UTC. */
export const minute = (at: string): string => at.slice(0, 16).replace("T", " ");

const stateOf = ({ isCancelled, noJoin, response, movedFrom }: MeetingItem): string =>
  [
    isCancelled ? "cancelled" : response,
    ...(movedFrom === null ? [] : [`moved from ${minute(movedFrom)}`]),
    ...(noJoin === null || noJoin === "cancelled" ? [] : [`no button: ${noJoin}`]),
  ].join(", ");

const addressOf = ({ join }: MeetingItem): string => join?.url ?? join?.video ?? "";

const subjectOf = ({ subject, isPrivate }: MeetingItem): string =>
  isPrivate ? "(private)" : (subject ?? "");

/** A meeting as a row of the list. */
export const rowOf = (meeting: MeetingItem): readonly string[] => [
  meeting.date ?? minute(meeting.start),
  minute(meeting.end),
  subjectOf(meeting),
  meeting.organizer?.name ?? meeting.organizer?.address ?? "",
  stateOf(meeting),
  meeting.join?.service ?? "",
  addressOf(meeting),
];

/** `hybrid meetings list`: the meetings of a user. */
export const meetingsListCommand = async (
  user: string,
  flags: MeetingsApiFlags & { readonly from?: string; readonly to?: string },
): Promise<void> => {
  const { from, to } = flags;
  const window = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const found = await listMeetings(await placeGiven(user, flags), window);
  if (flags.json) return print(JSON.stringify(found));
  const head = ["starts (UTC)", "ends", "subject", "organiser", "answer", "service", "address"];
  print(table(head, found.map(rowOf)));
};

const lineOf = (told: MeetingEvent): string => {
  switch (told.event) {
    case "reset":
      return "read the list again";
    case "change":
      return told.meeting === null
        ? `gone: ${told.id}`
        : `changed: ${rowOf(told.meeting)
            .filter((cell) => cell !== "")
            .join("  ")}`;
    case "join":
      return told.meetings.length === 0
        ? "nothing to join now"
        : told.meetings.map((meeting) => `join: ${subjectOf(meeting)}  ${addressOf(meeting)}`).join("\n");
  }
};

const againAfterMs = 1_000;

/** `hybrid meetings watch`: what changes, as it comes, until it is stopped. */
export const meetingsWatchCommand = async (user: string, flags: MeetingsApiFlags): Promise<void> => {
  const place = await placeGiven(user, flags);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  let after: string | null = null;
  while (!ending.signal.aborted) {
    try {
      for await (const { id, told } of meetingEvents(place, after, ending.signal)) {
        after = id ?? after;
        print(flags.json ? JSON.stringify(told) : lineOf(told));
      }
    } catch (error) {
      if (ending.signal.aborted) return;
      // What is refused at once is no connection that broke off.
      if (error instanceof ConfigError && after === null) throw error;
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}; trying again\n`);
    }
    await pause(againAfterMs, undefined, { signal: ending.signal }).catch(() => undefined);
  }
};

/** `hybrid meetings join`: how to join what can be joined now; exit code 1 when there is nothing. */
export const meetingsJoinCommand = async (user: string, flags: MeetingsApiFlags): Promise<void> => {
  const place = await placeGiven(user, flags);
  for await (const { told } of meetingEvents(place, null, AbortSignal.timeout(60_000))) {
    if (told.event !== "join") continue;
    const [first] = told.meetings;
    if (!first) process.exitCode = 1;
    if (flags.json) return print(JSON.stringify(told.meetings));
    if (!first) return print("There is nothing to join now.");
    const more = [
      ["meeting id", first.join?.meetingId],
      ["passcode", first.join?.passcode],
    ].flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []));
    return print([addressOf(first), ...more].join("\n"));
  }
};

const lasting = (forMs: number): number => {
  if (forMs > tokenMsMax) throw refused("--for", "a token lasts 30 days at most");
  return forMs;
};

/** `hybrid meetings token`: a token with which a user's own programs read the list. */
export const meetingsTokenCommand = async (
  user: string,
  flags: MeetingsFlags & { readonly for: number },
): Promise<void> => {
  const forMs = lasting(flags.for);
  const id = await userGiven(user, flags);
  const token = await tokenFor(id, forMs);
  print(flags.json ? JSON.stringify({ user: id, token }) : token);
};

/** `hybrid meetings link`: a link that opens the page "My meetings" for a user. */
export const meetingsLinkCommand = async (
  user: string,
  flags: MeetingsApiFlags & { readonly for: number },
): Promise<void> => {
  const { api, user: id } = await placeGiven(user, flags);
  const link = pageLink(api, await tokenFor(id, lasting(flags.for)));
  print(flags.json ? JSON.stringify({ user: id, link }) : link);
};
