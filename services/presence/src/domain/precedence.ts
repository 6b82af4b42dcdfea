import { type EpochMs, plus, seconds } from "@hybrid/kernel";
import type { Call } from "./inputs.ts";
import type { ChosenStatus } from "./state.ts";

/**
 * What Webex shows of a person, the strongest first: a status is shown while nothing stronger is true. The
 * names are those of the presence service.
 */
const strongestFirst = [
  "ooo",
  "dnd",
  "presenting",
  "meeting",
  "call",
  "calendarItem",
  "active",
  "inactive",
] as const;

/** Whether out of the office is shown instead of this status. A status that nobody knows is left alone. */
export const yieldsToOutOfOffice = (status: string): boolean =>
  strongestFirst.some((known, rank) => known === status && rank > 0);

/** What is shown of a person at Webex. */
export interface SeenStatus {
  readonly status: string;
  readonly statusAt: EpochMs;
  /** Null: nothing ends it. */
  readonly expiresAt: EpochMs | null;
}

/** Webex counts whole seconds, and clocks differ. */
const skewMs = seconds(10);

/** What to say, in this order; empty: the person's own status is left alone. */
export interface Saying {
  readonly eventType: "ooo" | "dnd";
  /** Null: nothing ends it. `now` or before: it ends at once. */
  readonly until: EpochMs | null;
}

const endsBy = ({ expiresAt }: SeenStatus, until: EpochMs): boolean =>
  expiresAt !== null && expiresAt <= plus(until, skewMs);

const chosenOf = ({ status, expiresAt }: SeenStatus): ChosenStatus | null =>
  status === "dnd" ? { status, expiresAt } : null;

/**
 * Whether to say that the person is out. A person's own `ooo` has another end than ours; a status that the
 * person chose since we spoke is there before ours has ended. Null: leave it alone.
 */
export const decideToShow = (
  seen: SeenStatus,
  {
    askedAt,
    saidUntil,
    until,
  }: Pick<Extract<Call, { kind: "showAtWebex" }>, "askedAt" | "saidUntil" | "until">,
  now: EpochMs,
): { readonly say: Saying; readonly previous: ChosenStatus | null } | null => {
  const say = { eventType: "ooo", until } as const;
  if (seen.status === "ooo") {
    // Before the first outcome is known, what began after the order and ends in its time is ours.
    const isOurs =
      saidUntil === null ? seen.statusAt >= askedAt - skewMs && endsBy(seen, until) : endsBy(seen, saidUntil);
    return isOurs ? { say, previous: null } : null;
  }
  if (saidUntil !== null && saidUntil > plus(now, skewMs)) return null;
  return yieldsToOutOfOffice(seen.status) ? { say, previous: chosenOf(seen) } : null;
};

/**
 * What to say when the person is back: what the person had chosen before comes first, so that a repeated call
 * still finds it to do; then ours ends.
 */
export const decideToClear = (
  seen: SeenStatus,
  { saidUntil, previous }: Pick<Extract<Call, { kind: "clearAtWebex" }>, "saidUntil" | "previous">,
  now: EpochMs,
): readonly Saying[] => {
  const lives = previous !== null && (previous.expiresAt === null || previous.expiresAt > now);
  const restored: readonly Saying[] = lives ? [{ eventType: "dnd", until: previous.expiresAt }] : [];
  if (seen.status === "ooo")
    return endsBy(seen, saidUntil) ? [...restored, { eventType: "ooo", until: now }] : [];
  // Ours had ended by itself; a status that the person has chosen since is not touched.
  const hasEnded = saidUntil <= now;
  return hasEnded && chosenOf(seen) === null && yieldsToOutOfOffice(seen.status) ? restored : [];
};
