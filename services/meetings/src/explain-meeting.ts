import type { Meeting } from "@hybrid/contracts";
import type { EpochMs } from "@hybrid/kernel";
import { type Booking, bookingRules, bookingsOf, type NoBooking, roomWindowAt } from "./domain/bookings.ts";
import { type JoinPolicy, type JoinRule, joinRules, joinSpan, type NoJoin } from "./domain/join.ts";
import { windowAt } from "./domain/timing.ts";

/** A rule that was asked, in words, and its answer. */
export interface AskedRule {
  readonly asks: string;
  readonly passed: boolean;
}

/** What a place shows of a meeting, and why. */
export interface Explained<Reason extends string> {
  /** In order, up to the first that fails; those behind it are not asked. */
  readonly rules: readonly AskedRule[];
  /** The rule that failed; null when all are passed. */
  readonly reason: Reason | null;
  readonly says: string;
}

/** When a button is there; null when there is none. */
export interface Button {
  readonly from: string;
  readonly until: string;
  readonly isThereNow: boolean;
}

/** Why a list and a device show a meeting, or do not. */
export interface MeetingExplanation {
  readonly list: Explained<"notUnderstood" | "outsideWindow">;
  readonly app: Explained<NoJoin> & { readonly button: Button | null };
  /** As if the calendar were a room's. */
  readonly device: Explained<NoBooking | "outsideDays"> & {
    readonly button: Button | null;
    readonly booking: Booking | null;
  };
}

/** By what it is judged. */
export interface ExplainedAt {
  readonly now: EpochMs;
  readonly policy: JoinPolicy;
}

/** A question that depends on the moment. */
interface Question<Reason extends string> extends AskedRule {
  readonly reason: Reason;
}

const upToFirstNo = <Reason extends string>(questions: readonly Question<Reason>[]) => {
  const failed = questions.findIndex(({ passed }) => !passed);
  const asked = failed === -1 ? questions : questions.slice(0, failed + 1);
  const reason = questions[failed]?.reason ?? null;
  return { rules: asked.map(({ asks, passed }): AskedRule => ({ asks, passed })), reason };
};

const answered = <Reason extends string>(
  rules: readonly JoinRule<Reason>[],
  meeting: Meeting,
  policy: JoinPolicy,
): readonly Question<Reason>[] =>
  rules.map(({ reason, asks, passes }) => ({ reason, asks, passed: passes(meeting, policy) }));

const overlaps = (
  { startAt, endAt }: Meeting,
  window: { readonly startAt: EpochMs; readonly endAt: EpochMs },
): boolean => startAt < window.endAt && endAt >= window.startAt;

const iso = (at: number): string => new Date(at).toISOString();

const understood = (meeting: Meeting | null) =>
  ({
    reason: "notUnderstood",
    asks: "Is it an event or an occurrence with its times? A series stands as its occurrences.",
    passed: meeting !== null,
  }) as const;

const listOf = (meeting: Meeting | null, { now }: ExplainedAt): MeetingExplanation["list"] => {
  const window = windowAt(now);
  const asked = upToFirstNo<"notUnderstood" | "outsideWindow">([
    understood(meeting),
    {
      reason: "outsideWindow",
      asks: `Does it take place between ${iso(window.startAt)} and ${iso(window.endAt)}?`,
      passed: meeting !== null && overlaps(meeting, window),
    },
  ]);
  const words = meeting?.isPrivate ? ", without its words, because it is private" : "";
  const says = asked.reason === null ? `It is in the list${words}.` : "It is not in the list.";
  return { ...asked, says };
};

const buttonOf = (meeting: Meeting, { now, policy }: ExplainedAt): Button => {
  const { from, until } = joinSpan(meeting, policy);
  return { from: iso(from), until: iso(until), isThereNow: from <= now && now < until };
};

const saysOf = (who: string, button: Button | null): string => {
  if (button === null) return `${who} shows no button.`;
  const { from, until, isThereNow } = button;
  return `${who} shows the button from ${from} to ${until}${isThereNow ? ", and now" : ", and not now"}.`;
};

const appOf = (meeting: Meeting, at: ExplainedAt): MeetingExplanation["app"] => {
  const asked = upToFirstNo(answered(joinRules, meeting, at.policy));
  const button = asked.reason === null ? buttonOf(meeting, at) : null;
  return { ...asked, button, says: saysOf("The app", button) };
};

const deviceOf = (meeting: Meeting, at: ExplainedAt): MeetingExplanation["device"] => {
  const { now, policy } = at;
  const window = roomWindowAt(now);
  const inDays = {
    reason: "outsideDays",
    asks: `Does it take place today or tomorrow (${iso(window.startAt)} to ${iso(window.endAt)})?`,
    passed: overlaps(meeting, window),
  } as const;
  const asked = upToFirstNo<NoBooking | "outsideDays">([...answered(bookingRules, meeting, policy), inDays]);
  if (asked.reason !== null)
    return { ...asked, button: null, booking: null, says: saysOf("A device of this calendar's room", null) };
  const button = buttonOf(meeting, at);
  const [booking = null] = bookingsOf([meeting], policy);
  return { ...asked, button, booking, says: saysOf("A device of this calendar's room", button) };
};

const nothing = { rules: [], reason: null, button: null, says: "" };

/**
 * Rule by rule why a list, an app and a room's device show a meeting, or do not; by the rules that decide it.
 * `meeting` is null when Graph says too little of the event, or it is a whole series.
 */
export const explainMeeting = (meeting: Meeting | null, at: ExplainedAt): MeetingExplanation => {
  const list = listOf(meeting, at);
  if (meeting === null)
    return {
      list,
      app: { ...nothing, says: saysOf("The app", null) },
      device: { ...nothing, booking: null, says: saysOf("A device of this calendar's room", null) },
    };
  return { list, app: appOf(meeting, at), device: deviceOf(meeting, at) };
};
