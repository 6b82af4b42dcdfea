import { randomUUID } from "node:crypto";
import { refused } from "../given.ts";
import { actOnMeeting, changeMeeting, freeBusy, oneMeeting, scheduleMeeting } from "../meetings-client.ts";
import type { RepeatGiven } from "../repeat-given.ts";
import { table } from "../tables.ts";
import { type MeetingsApiFlags, minute, placeGiven, print, rowOf } from "./meetings.ts";

/** The flags that say what a meeting is to be. */
export interface MeetingWordsFlags {
  readonly subject?: string;
  readonly start?: string;
  readonly end?: string;
  readonly location?: string;
  readonly invite?: readonly string[];
  readonly room?: readonly string[];
  readonly allDay?: boolean;
  readonly repeat?: RepeatGiven;
  /** The last day. */
  readonly until?: string;
  readonly times?: number;
  readonly timeZone?: string;
}

/** The flag that says which meetings of a series are meant. */
export interface ScopeFlag {
  readonly scope: "occurrence" | "following" | "series";
}

const attendeesOf = ({ invite = [], room = [] }: MeetingWordsFlags): readonly object[] => [
  ...invite.map((address) => ({ address, type: "required" })),
  ...room.map((address) => ({ address, type: "resource" })),
];

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/** Whole days are dates; a date without --all-day is its first moment, UTC, as everywhere else. */
const timesOf = ({ start, end, allDay = false }: MeetingWordsFlags): object => {
  const given = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
  if (!allDay)
    return Object.fromEntries(
      Object.entries(given).map(([name, text]) => [name, new Date(text).toISOString()]),
    );
  if (start === undefined || !isDay(start) || !(end === undefined || isDay(end)))
    throw refused("--all-day", "say the first day as --start, for example 2026-03-28, and days alone");
  return { start, end: end ?? dayAfter(start) };
};

const seriesOf = ({ repeat, until, times, timeZone, allDay }: MeetingWordsFlags): object => {
  if (repeat === undefined && (until !== undefined || times !== undefined))
    throw refused("--until and --times", "say how it repeats, for example --repeat weekly:mon");
  if (until !== undefined && times !== undefined) throw refused("--until and --times", "give one of them");
  const needsZone = repeat !== undefined || allDay === true || timeZone !== undefined;
  const range =
    until === undefined
      ? times === undefined
        ? { type: "noEnd" }
        : { type: "numbered", numberOfOccurrences: times }
      : { type: "endDate", endDate: until.slice(0, 10) };
  return {
    ...(repeat === undefined ? {} : { recurrence: { pattern: repeat, range } }),
    ...(needsZone ? { timeZone: timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone } : {}),
  };
};

const wordsOf = (flags: MeetingWordsFlags): object => {
  const { subject, location, invite, room } = flags;
  return {
    ...(subject === undefined ? {} : { subject }),
    ...timesOf(flags),
    ...seriesOf(flags),
    ...(location === undefined ? {} : { location }),
    ...(invite === undefined && room === undefined ? {} : { attendees: attendeesOf(flags) }),
  };
};

/** `hybrid meetings schedule`: a meeting in the user's own calendar. */
export const meetingsScheduleCommand = async (
  user: string,
  flags: MeetingsApiFlags &
    MeetingWordsFlags & { readonly keyword?: string; readonly text?: string; readonly key?: string },
): Promise<void> => {
  const { keyword, text, key = randomUUID() } = flags;
  const wanted = {
    ...wordsOf(flags),
    ...(keyword === undefined ? {} : { keyword }),
    ...(text === undefined ? {} : { text }),
  };
  const made = await scheduleMeeting(await placeGiven(user, flags), wanted, key);
  print(flags.json ? JSON.stringify(made) : [made.id, ...rowOf(made)].join("  "));
};

/** `hybrid meetings edit`: changes the meeting as the list has it, or the version that is named. */
export const meetingsEditCommand = async (
  user: string,
  id: string,
  flags: MeetingsApiFlags & MeetingWordsFlags & ScopeFlag & { readonly ifMatch?: string },
): Promise<void> => {
  const change = wordsOf(flags);
  if (Object.keys(change).length === 0) throw refused("edit", "say what is to change, for example --subject");
  const place = await placeGiven(user, flags);
  const etag = flags.ifMatch ?? (await oneMeeting(place, id)).etag;
  const made = await changeMeeting(place, { id, etag, scope: flags.scope }, change);
  print(flags.json ? JSON.stringify(made) : [made.id, ...rowOf(made)].join("  "));
};

/** `hybrid meetings cancel`: calls a meeting off. */
export const meetingsCancelCommand = async (
  user: string,
  id: string,
  flags: MeetingsApiFlags & ScopeFlag & { readonly comment: string },
): Promise<void> => {
  const { comment, scope } = flags;
  const place = await placeGiven(user, flags);
  await actOnMeeting(place, id, { act: "cancel", scope, body: { comment }, key: randomUUID() });
  print(flags.json ? JSON.stringify({ cancelled: id }) : `cancelled: ${id}`);
};

const actOf = { accept: "accept", decline: "decline", tentative: "tentativelyAccept" } as const;

/** `hybrid meetings answer`: accepts or declines an invitation. */
export const meetingsAnswerCommand = async (
  user: string,
  id: string,
  answer: keyof typeof actOf,
  flags: MeetingsApiFlags & ScopeFlag & { readonly comment: string; readonly silent: boolean },
): Promise<void> => {
  const { comment, silent, scope } = flags;
  const place = await placeGiven(user, flags);
  const body = { comment, sendResponse: !silent };
  await actOnMeeting(place, id, { act: actOf[answer], scope, body, key: randomUUID() });
  print(flags.json ? JSON.stringify({ answered: id, answer }) : `answered: ${answer}`);
};

/** `hybrid meetings free`: when people and rooms are free. */
export const meetingsFreeCommand = async (
  user: string,
  addresses: readonly string[],
  flags: MeetingsApiFlags & { readonly from: string; readonly to: string },
): Promise<void> => {
  const asked = { schedules: addresses, start: flags.from, end: flags.to };
  const { schedules } = await freeBusy(await placeGiven(user, flags), asked);
  if (flags.json) return print(JSON.stringify(schedules));
  const rows = schedules.flatMap(({ address, busy, error }): readonly (readonly string[])[] => {
    if (error !== null) return [[address, "", "", `unknown: ${error}`]];
    if (busy.length === 0) return [[address, "", "", "free"]];
    return busy.map(({ start, end, status }) => [address, minute(start), minute(end), status]);
  });
  print(table(["address", "from (UTC)", "to", "status"], rows));
};
