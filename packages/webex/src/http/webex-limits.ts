import { seconds } from "@hybrid/kernel";
import type { BreakerLimits, QuickRetryLimits } from "@hybrid/provider-http";

/** Every number the client paces and bounds itself by. */
export interface WebexLimits extends QuickRetryLimits, BreakerLimits {
  /** How long one request may wait in all for its retries, milliseconds. */
  readonly quickBudgetMs: number;
  /** An answer in JSON with more bytes is cut off as a failure. */
  readonly answerBytesMax: number;
  /**
   * Requests that leave in a minute; Webex grants a user about 300 for most of its API (developer.webex.com,
   * "REST API basics", rate limiting). Infinity leaves it to Webex to say when it is too much.
   */
  readonly requestsPerMinuteMax: number;
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
  requestsPerMinuteMax: Number.POSITIVE_INFINITY,
  pagesMax: 10_000,
};
