import { calendarHealth } from "@hybrid/contracts";
import { type ActorId, type Effect, type EpochMs, type ErrorCode, emit, minutes } from "@hybrid/kernel";
import type { Call, Input, State, Trouble } from "#domain/mailbox-state";

/** Shorter trouble passes by itself, and nobody needs to hear of it. */
const toldAfterMs = minutes(30);

/** The trouble after one more failure to read: it began with the first one. */
export const troubledBy = (trouble: Trouble | null, code: ErrorCode, now: EpochMs): Trouble => ({
  since: trouble?.since ?? now,
  code,
  told: trouble?.told === true && trouble.code === code,
});

interface At {
  readonly now: EpochMs;
  readonly self: ActorId;
}

type Told = { readonly state: State; readonly effects: readonly Effect<Input, Call>[] };

const troubleOf = (state: State): Trouble | null => (state.kind === "active" ? state.trouble : null);

/**
 * Says since when a calendar cannot be read, once it has lasted or a person must act, and when it can be
 * again; also when the user is not Active any more, because then the status says what is the matter.
 */
export const tellTrouble = (before: State, after: State, { now, self }: At): Told => {
  const was = troubleOf(before);
  const is = troubleOf(after);
  if (is === null || after.kind !== "active") {
    const over = was?.told === true;
    const health = { unreadableSince: null, code: null, at: now };
    return { state: after, effects: over ? [emit(calendarHealth, self, health)] : [] };
  }
  const lasts = after.hold?.kind === "stopped" || now - is.since >= toldAfterMs;
  if (is.told || !lasts) return { state: after, effects: [] };
  const health = { unreadableSince: is.since, code: is.code, at: now };
  return {
    state: { ...after, trouble: { ...is, told: true } },
    effects: [emit(calendarHealth, self, health)],
  };
};
