import type { UserRow } from "../users-view.ts";
import { expectedInvitation, expectedSubscribers, expectedUser, type Moment, split } from "./model.ts";
import type { DemoOrganisation } from "./organisation.ts";
import type { Play, PlayedMeeting } from "./play.ts";
import type { Stage } from "./stage.ts";

/** One thing that had to be true, and whether it was. */
export interface Expectation {
  readonly name: string;
  readonly checked: number;
  /** Whom or what it did not hold for, and how. */
  readonly broken: readonly string[];
}

/** A day that is over. */
export interface Ended {
  readonly stage: Stage;
  readonly organisation: DemoOrganisation;
  readonly play: Play;
  /** Calls that the kill may have cut off before their outcome was durable; 0 without a kill. */
  readonly cutOffCalls: number;
}

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
    const id = `${organisation.org}/u-${person.user}`;
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
  if (!block.includes(`https://acme.webex.com/meet/user.${meeting.organiser.user}`))
    return `${meeting.name}: the block has no link to the organiser's personal room`;
  if (!block.includes(`hybrid-language-${expected.language}`))
    return `${meeting.name}: the block is not in ${expected.language}`;
  if (meeting.teams && truth.joinUrl === null) return `${meeting.name}: the Teams meeting was switched off`;
  return null;
};

const checkInvitations = (stage: Stage, play: Play): Expectation => ({
  name: "invitations: join details where the model says, byte for byte elsewhere",
  checked: play.meetings.length,
  broken: play.meetings.flatMap((played) => invitationFault(stage, played) ?? []),
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

const checkSubscriptions = (stage: Stage, organisation: DemoOrganisation): Expectation => {
  const broken: string[] = [];
  const expected = expectedSubscribers(organisation);
  for (const person of organisation.people) {
    const live = stage.graph.listSubscriptions(person.objectId);
    const wanted = expected.has(person.objectId) ? 1 : 0;
    if (live.length !== wanted)
      broken.push(
        `${organisation.org}/u-${person.user} has ${live.length} live subscriptions, expected ${wanted}`,
      );
  }
  return {
    name: "subscriptions: exactly one for each Active user, none else",
    checked: organisation.people.length,
    broken,
  };
};

/**
 * A call that a kill cut off after its 429, but before that outcome was durable, is repeated too early: nobody is
 * left who knew (I4). Everything else must wait.
 */
const checkRetryAfter = ({ stage, cutOffCalls }: Ended): Expectation => {
  const { throttled, retryAfterViolations } = stage.graph.metrics;
  return {
    name: "throttling: no request before its Retry-After had passed",
    checked: throttled,
    broken:
      retryAfterViolations <= cutOffCalls
        ? []
        : [`${retryAfterViolations} requests came too early, at most ${cutOffCalls} can be the kill's doing`],
  };
};

const checkDeliveries = (stage: Stage): Expectation => ({
  name: "notifications: every delivery was accepted in the end",
  checked: stage.graph.metrics.deliveries.ok,
  broken:
    stage.graph.metrics.deliveries.ok > 0 && stage.graph.activity().inFlight === 0
      ? []
      : ["nothing was delivered"],
});

/** Everything that must hold when the day is over. */
export const checkEnd = (ended: Ended, rows: readonly UserRow[]): readonly Expectation[] => [
  checkUsers(ended.stage, ended.organisation, rows, "end"),
  checkSubscriptions(ended.stage, ended.organisation),
  checkInvitations(ended.stage, ended.play),
  checkPatches(ended.stage, ended.play),
  checkRetryAfter(ended),
  checkDeliveries(ended.stage),
];
