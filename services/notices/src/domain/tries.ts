import { type CallFailure, type EpochMs, type ErrorCode, later, minutes, plus } from "@hybrid/kernel";
import type { Trying } from "./state.ts";

/** Tries of one notice; who sends may have to repeat what has arrived already, so they are few. */
const triesMax = 8;
const firstWaitMs = minutes(1);
const longestWaitMs = minutes(60);

/** The notice itself was not tried: it waited for its turn, or nothing can be sent to anybody. */
const countsNot: ReadonlySet<ErrorCode> = new Set([
  "throttled",
  "breakerOpen",
  "unavailable",
  "mailServerUnusable",
]);

/** Whether a failure ends a notice that was tried so often before. */
export const isFinal = (
  { code, retryable }: Pick<CallFailure, "code" | "retryable">,
  tries: number,
): boolean => !retryable || (!countsNot.has(code) && tries + 1 >= triesMax);

/** When it is tried again: when the failure says so, or after a doubling wait. */
export const triedAgain = (
  { notice, tries, waits }: Trying,
  { code, retryAt }: CallFailure,
  now: EpochMs,
): Trying => ({
  notice,
  tries: countsNot.has(code) ? tries : tries + 1,
  code,
  // A wait that was asked for is no reason for longer ones.
  ...(retryAt === null
    ? { waits: waits + 1, tryAt: plus(now, Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(waits, 10))) }
    : { waits, tryAt: later(retryAt, plus(now, 1)) }),
});
