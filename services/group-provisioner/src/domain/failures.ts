import type { CallFailure, EpochMs, ErrorCode } from "@hybrid/kernel";
import { plus } from "@hybrid/kernel";

/** What passes by itself, or is nobody's fault: it is waited for and never counted. */
const waits: ReadonlySet<ErrorCode> = new Set([
  "throttled",
  "breakerOpen",
  "unavailable",
  "deadlineExceeded",
  "unauthorized",
  "credentialsRejected",
]);

/** Whether a failure only asks for waiting. */
export const isWait = ({ code }: CallFailure): boolean => waits.has(code);

/** `least`, doubled as often as `times` says, up to `most`. */
export const doubled = (least: number, times: number, most: number): number =>
  Math.min(most, least * 2 ** Math.min(times, 30));

/** When to go on after a failure: at Retry-After, else after a doubling wait. */
export const tryAfter = (
  failure: CallFailure | null,
  times: number,
  now: EpochMs,
  { least, most }: { readonly least: number; readonly most: number },
): EpochMs => {
  const at = plus(now, doubled(least, times, most));
  return failure?.retryAt !== undefined && failure?.retryAt !== null && failure.retryAt > at
    ? failure.retryAt
    : at;
};
