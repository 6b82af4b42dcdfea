import type { UserRow } from "@hybrid/hybrid";
import type { Ended, Expectation } from "./expectation.ts";
import {
  type ExpectedInvitation,
  expectedInvitation,
  expectedUser,
  type Moment,
  settledBy,
  split,
} from "./model.ts";
import type { DemoMeeting, DemoOrganisation } from "./organisation.ts";
import type { Play, PlayedMeeting } from "./play.ts";
import type { Stage } from "./stage.ts";
import { checkWatching } from "./watching-checks.ts";

const clockTime = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

/** Every user is in the state, with the reason and the next try, that the model says. */
export const checkUsers = (
  stage: Stage,
  organisation: DemoOrganisation,
  rows: readonly UserRow[],
  at: Moment,
): Expectation => {
  const broken: string[] = [];
  const byUser = new Map(rows.map((row) => [row.user, row]));
  for (const person of organisation.people) {
    const id = `${organisation.org}/u-${person.objectId}`;
    const expected = expectedUser(person, at);
    const row = byUser.get(id);
    if (!row) {
      broken.push(`${id} has no status, expected ${expected.state}`);
      continue;
    }
    if (row.to !== expected.state || (expected.reason !== null && row.reason !== expected.reason))
      broken.push(
        `${id} is ${row.to} (${row.reason ?? "-"}), expected ${expected.state} (${expected.reason ?? "-"})`,
      );
    else if (expected.state !== "active") {
      const next = row.nextTryAt;
      const [from, until] = (expected.nextTry ?? []).map((ms) => stage.startedAt + ms);
      if (
        expected.nextTry === null ? next !== null : next === null || next < (from ?? 0) || next > (until ?? 0)
      )
        broken.push(
          `${id} is tried next at ${next === null ? "never" : clockTime(next)}, expected ` +
            (expected.nextTry === null ? "never" : `${clockTime(from ?? 0)} to ${clockTime(until ?? 0)}`),
        );
    }
  }
  return { name: `users at ${at}: state, reason and next try`, checked: organisation.people.length, broken };
};

/** Whether an invitation holds what it must, with the author's words untouched; else why not. */
export const invitationFault = (stage: Stage, played: PlayedMeeting): string | null => {
  const { meeting } = played;
  const truth = stage.graph.readEvent(meeting.organiser.objectId, played.eventId);
  const { blocks, outside } = split(truth.body.content);
  const expected = expectedInvitation(meeting);
  if (outside !== played.outside) return `${meeting.name}: text outside the block has changed`;
  if (!expected.joinDetails)
    return blocks.length === 0 ? null : `${meeting.name}: join details though ${expected.because}`;
  if (blocks.length !== 1) return `${meeting.name}: ${blocks.length} blocks of join details, expected one`;
  const block = blocks[0] ?? "";
  const fault = placeFault(stage, meeting, { expected, block });
  if (fault !== null) return fault;
  if (truth.extendedProperties.length !== 1)
    return `${meeting.name}: the event is not marked by our property`;
  if (!block.includes(`hybrid-language-${expected.language}`))
    return `${meeting.name}: the block is not in ${expected.language}`;
  if (meeting.teams && truth.joinUrl === null) return `${meeting.name}: the Teams meeting was switched off`;
  return null;
};

/** Whether a block leads where the keyword says; what was made in Webex must be there, once. */
const placeFault = (
  { webex }: Stage,
  meeting: DemoMeeting,
  { expected, block }: { readonly expected: ExpectedInvitation; readonly block: string },
): string | null => {
  const user = `user.${meeting.organiser.user}`;
  if (expected.place === "personalRoom") {
    const details = [
      `https://acme.webex.com/meet/${user}`,
      `${user}@acme.webex.com`,
      "+46-8-5050-0100",
      expected.accessCodeLabel,
    ];
    const lacking = details.find((detail) => !block.includes(detail));
    return lacking === undefined ? null : `${meeting.name}: the block lacks ${lacking}`;
  }
  const made = webex.meetings().filter(({ title }) => title === meeting.name);
  const [only] = made;
  if (!only || made.length > 1) return `${meeting.name}: ${made.length} meetings in Webex, expected one`;
  if (!block.includes("https://acme.webex.com/")) return `${meeting.name}: the block has no link to Webex`;
  if (only.mails > 0) return `${meeting.name}: Webex wrote mail about it`;
  const isOfSpace = only.room !== undefined;
  if (isOfSpace !== (expected.place === "space"))
    return `${meeting.name}: its meeting is ${isOfSpace ? "a space's" : "the organiser's"}`;
  if (!only.room) return null;
  const members = new Set(webex.spaces.membersOf(only.room).map(({ person }) => person.email.toLowerCase()));
  const missing = [meeting.organiser, ...meeting.attendees].find(
    ({ mailAddress }) => !members.has(mailAddress.toLowerCase()),
  );
  return missing ? `${meeting.name}: ${missing.mailAddress} is not in its space` : null;
};

const checkWebexMeetings = ({ stage, play }: Ended): Expectation => {
  const wanted = play.meetings
    .filter(({ meeting }) => ["space", "oneTime"].includes(expectedInvitation(meeting).place ?? ""))
    .map(({ meeting }) => meeting.name);
  const left = stage.webex.meetings().map(({ title }) => title);
  return {
    name: "meetings in Webex: those that an invitation leads to, none of a keyword that went",
    checked: left.length,
    broken: left.filter((title) => !wanted.includes(title)).map((title) => `${title} is still there`),
  };
};

/** An occurrence with a keyword of its own holds the details of its organiser's room. */
const checkOccurrences = ({ stage, play }: Ended): Expectation => {
  const changed = play.meetings.filter(({ occurrenceId }) => occurrenceId !== null);
  return {
    name: "series: one occurrence with a keyword of its own has the details of the organiser's room",
    checked: changed.length,
    broken: changed.flatMap(({ meeting, occurrenceId }) => {
      const { body } = stage.graph.readEvent(meeting.organiser.objectId, occurrenceId ?? "");
      const { blocks } = split(body.content);
      const room = `https://acme.webex.com/meet/user.${meeting.organiser.user}`;
      const expected = meeting.organiser.hasPersonalRoom && !meeting.body.includes(".webex.com/meet/");
      const isThere = blocks.length === 1 && (blocks[0] ?? "").includes(room);
      return isThere === expected ? [] : [`${meeting.name}: ${blocks.length} blocks in its occurrence`];
    }),
  };
};

const checkInvitations = (stage: Stage, play: Play): Expectation => ({
  name: "invitations: join details where the model says, byte for byte elsewhere",
  checked: play.meetings.length,
  broken: play.meetings.flatMap((played) => invitationFault(stage, played) ?? []),
});

/** The daily sweep repairs everything in the end; what a person sees is how soon. */
const checkPromptness = ({ stage, play }: Ended): Expectation => ({
  name: "invitations: as they must be within two minutes of the person's action, or of its resync",
  checked: play.meetings.length,
  broken: play.meetings.flatMap(({ meeting, touchedAt, settledAt }) => {
    const by = stage.startedAt + settledBy(meeting, touchedAt - stage.startedAt);
    if (settledAt !== null && settledAt <= by) return [];
    const when = settledAt === null ? "never" : `at ${clockTime(settledAt)}`;
    return [`${meeting.name}: settled ${when}, expected by ${clockTime(by)}`];
  }),
});

/** A PATCH more than actions, and somebody writes although nothing changed. */
const checkPatches = (stage: Stage, play: Play): Expectation => ({
  name: "invitations: never more PATCHes than a person's actions, none where nothing was to do",
  checked: play.meetings.length,
  broken: play.meetings.flatMap(({ meeting, eventId, actions }) => {
    const truth = stage.graph.readEvent(meeting.organiser.objectId, eventId);
    const patches = truth.patchesByApp[stage.clientId] ?? 0;
    const untouched = !expectedInvitation(meeting).joinDetails && meeting.changes.length === 0;
    const most = untouched ? 0 : actions;
    return patches <= most ? [] : [`${meeting.name}: ${patches} PATCHes, at most ${most} expected`];
  }),
});

/** Everything that must hold when the day is over. */
export const checkEnd = (ended: Ended, rows: readonly UserRow[]): readonly Expectation[] => [
  checkUsers(ended.stage, ended.organisation, rows, "end"),
  ...checkWatching(ended),
  checkInvitations(ended.stage, ended.play),
  checkOccurrences(ended),
  checkWebexMeetings(ended),
  checkPromptness(ended),
  checkPatches(ended.stage, ended.play),
];
