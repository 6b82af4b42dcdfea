import { randomUUID } from "node:crypto";
import { refused } from "../given.ts";
import { actOnMeeting, changeMeeting, freeBusy, oneMeeting, scheduleMeeting } from "../meetings-client.ts";
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
}

const attendeesOf = ({ invite = [], room = [] }: MeetingWordsFlags): readonly object[] => [
  ...invite.map((address) => ({ address, type: "required" })),
  ...room.map((address) => ({ address, type: "resource" })),
];

const wordsOf = (flags: MeetingWordsFlags): object => {
  const { subject, start, end, location, invite, room } = flags;
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
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
  flags: MeetingsApiFlags & MeetingWordsFlags & { readonly ifMatch?: string },
): Promise<void> => {
  const change = wordsOf(flags);
  if (Object.keys(change).length === 0) throw refused("edit", "say what is to change, for example --subject");
  const place = await placeGiven(user, flags);
  const etag = flags.ifMatch ?? (await oneMeeting(place, id)).etag;
  const made = await changeMeeting(place, { id, etag }, change);
  print(flags.json ? JSON.stringify(made) : [made.id, ...rowOf(made)].join("  "));
};

/** `hybrid meetings cancel`: calls a meeting off. */
export const meetingsCancelCommand = async (
  user: string,
  id: string,
  flags: MeetingsApiFlags & { readonly comment: string },
): Promise<void> => {
  const { comment } = flags;
  const place = await placeGiven(user, flags);
  await actOnMeeting(place, id, { act: "cancel", body: { comment }, key: randomUUID() });
  print(flags.json ? JSON.stringify({ cancelled: id }) : `cancelled: ${id}`);
};

const actOf = { accept: "accept", decline: "decline", tentative: "tentativelyAccept" } as const;

/** `hybrid meetings answer`: accepts or declines an invitation. */
export const meetingsAnswerCommand = async (
  user: string,
  id: string,
  answer: keyof typeof actOf,
  flags: MeetingsApiFlags & { readonly comment: string; readonly silent: boolean },
): Promise<void> => {
  const { comment, silent } = flags;
  const place = await placeGiven(user, flags);
  const body = { comment, sendResponse: !silent };
  await actOnMeeting(place, id, { act: actOf[answer], body, key: randomUUID() });
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
