import { seconds } from "@hybrid/kernel";
import type { BreakerLimits, QuickRetryLimits } from "@hybrid/provider-http";

/** Every number the client paces and bounds itself by. */
export interface WebexLimits extends QuickRetryLimits, BreakerLimits {
  /** How long one request may wait in all for its retries, milliseconds. */
  readonly quickBudgetMs: number;
  /** An answer in JSON with more bytes is cut off as a failure. */
  readonly answerBytesMax: number;
  /** Pages that one list is followed for; more mean that the service goes in circles. */
  readonly pagesMax: number;
}

/** What holds unless single numbers are replaced. */
export const defaultWebexLimits: WebexLimits = {
  quickBudgetMs: seconds(2),
  quickAttemptsMax: 4,
  backoffBaseMs: 50,
  backoffMaxMs: seconds(1),
  breakersMax: 64,
  breakerVolumeMin: 10,
  breakerErrorPercentage: 50,
  breakerWindowMs: seconds(10),
  breakerResetMs: seconds(30),
  answerBytesMax: 4 * 1024 * 1024,
  pagesMax: 10_000,
};
