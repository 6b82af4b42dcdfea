import type { Meeting } from "@hybrid/contracts";
import { type EpochMs, instant, plus } from "@hybrid/kernel";

/** When and for what a meeting can be joined by a button. */
export interface JoinPolicy {
  /** How long before its start the button is there, milliseconds. */
  readonly beforeMs: number;
  /** Meetings to which the answer was tentative, or none yet. */
  readonly tentative: boolean;
  /** Meetings that are shown as free time. */
  readonly free: boolean;
}

/** Why a meeting never has a button. */
export type NoJoin = "noAddress" | "cancelled" | "declined" | "tentative" | "free" | "allDay";

/** A meeting of a list, with its id there. */
export interface ListedMeeting extends Meeting {
  readonly id: string;
}

/** What can be joined at a moment. */
export interface Joinable {
  /** By start; the first one is what a display with a single button offers. */
  readonly meetings: readonly ListedMeeting[];
  /** When that changes by time alone; null: never, as far as the list goes. */
  readonly nextAt: EpochMs | null;
}

const unanswered: ReadonlySet<string> = new Set(["tentativelyAccepted", "notResponded", "none"]);

/** A rule that a meeting must pass to have a button, in words, and its name when it fails. */
export interface JoinRule<Reason extends string> {
  readonly reason: Reason;
  /** A question that is answered with yes when the meeting passes. */
  readonly asks: string;
  readonly passes: (meeting: Meeting, policy: JoinPolicy) => boolean;
}

const isOpen = ({ showAs, response, isOrganizer }: Meeting): boolean =>
  !isOrganizer && (showAs === "tentative" || unanswered.has(response));

/** In the order in which they are asked; the first that fails is the reason. */
export const joinRules: readonly JoinRule<NoJoin>[] = [
  {
    reason: "noAddress",
    asks: "Does online meeting, location or body say how to join?",
    passes: ({ join }) => join !== null,
  },
  { reason: "cancelled", asks: "Does it take place?", passes: ({ isCancelled }) => !isCancelled },
  { reason: "declined", asks: "Was it not declined?", passes: ({ response }) => response !== "declined" },
  {
    // A day is no time to join at; a button that is there all day says nothing.
    reason: "allDay",
    asks: "Has it a time of the day?",
    passes: ({ allDayDate }) => allDayDate === null,
  },
  {
    reason: "free",
    asks: "Does it show as busy, or may free time be joined (MEETINGS_JOIN_FREE)?",
    passes: ({ showAs }, { free }) => showAs !== "free" || free,
  },
  {
    reason: "tentative",
    asks: "Was it accepted, or may open invitations be joined (MEETINGS_JOIN_TENTATIVE)?",
    passes: (meeting, { tentative }) => !isOpen(meeting) || tentative,
  },
];

/** The reason of the first rule that fails; null when all are passed. */
export const firstFailed = <Reason extends string>(
  rules: readonly JoinRule<Reason>[],
  meeting: Meeting,
  policy: JoinPolicy,
): Reason | null => rules.find(({ passes }) => !passes(meeting, policy))?.reason ?? null;

/** Why a meeting never has a button; null when it has one in its time. */
export const noJoinOf = (meeting: Meeting, policy: JoinPolicy): NoJoin | null =>
  firstFailed(joinRules, meeting, policy);

/** When a meeting's button comes and goes. */
export const joinSpan = (
  { startAt, endAt }: Pick<Meeting, "startAt" | "endAt">,
  { beforeMs }: JoinPolicy,
): { readonly from: EpochMs; readonly until: EpochMs } => ({
  from: plus(instant(startAt), -beforeMs),
  // One without length can be joined at its start, for a minute.
  until: instant(Math.max(endAt, startAt + 60_000)),
});

/**
 * Which meetings can be joined now: from `beforeMs` before the start until the end. Of meetings that overlap
 * all are there, by start, then by end, so that a list of any order gives the same.
 */
export const joinableAt = (list: readonly ListedMeeting[], now: EpochMs, policy: JoinPolicy): Joinable => {
  const offered = list
    .filter((meeting) => noJoinOf(meeting, policy) === null)
    .map((meeting) => ({ meeting, ...joinSpan(meeting, policy) }));
  const changes = offered.flatMap(({ from, until }) => [from, until]).filter((at) => at > now);
  const nextAt = changes.length === 0 ? null : instant(Math.min(...changes));
  const present = offered.filter(({ from, until }) => from <= now && now < until);
  return { meetings: present.map(({ meeting }) => meeting).sort(byStart), nextAt };
};

const byStart = (a: ListedMeeting, b: ListedMeeting): number =>
  a.startAt - b.startAt || a.endAt - b.endAt || (a.id < b.id ? -1 : 1);
