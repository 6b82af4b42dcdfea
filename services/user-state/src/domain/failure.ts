import {
  type ActorId,
  type CallFailure,
  type EpochMs,
  type ErrorCode,
  later,
  plus,
  spread,
  unreachable,
} from "@hybrid/kernel";
import { doubled, type Numbers } from "./numbers.ts";
import type { Leftover, User } from "./state.ts";

/** What every decision about an actor needs besides its state. */
export interface Moment {
  readonly now: EpochMs;
  readonly self: ActorId;
  readonly numbers: Numbers;
}

/** Nothing that waiting an hour would mend: the next try is a day away at once. */
const dailyCodes: ReadonlySet<ErrorCode> = new Set([
  "outOfScope",
  "userNotFound",
  "quotaExceeded",
  "userConsentMissing",
  "userConsentExpired",
  "userConsentRevoked",
]);

/** Whether the code is tried daily. */
export const isDaily = (code: ErrorCode): boolean => dailyCodes.has(code);

/**
 * Waiting for the provider or for ourselves: never counted as a failure of the user. Nor is it the user's
 * fault that Graph could not reach our notification address, or that our certificate has expired.
 */
const waitCodes: ReadonlySet<ErrorCode> = new Set([
  "throttled",
  "breakerOpen",
  "validationTimedOut",
  "credentialsRejected",
]);

/** What Graph says about this very user, mailbox or subscription: gone, or not ours to touch. */
const verdictCodes: ReadonlySet<ErrorCode> = new Set([
  "mailboxMissing",
  "userNotFound",
  "outOfScope",
  "notFound",
  "userConsentMissing",
  "userConsentExpired",
  "userConsentRevoked",
]);

/** Whether the code is about the user alone, so that a living subscription ends with it. */
export const isVerdict = (code: ErrorCode): boolean => verdictCodes.has(code);

const consentCodes: ReadonlySet<ErrorCode> = new Set([
  "userConsentMissing",
  "userConsentExpired",
  "userConsentRevoked",
]);

/** Whether the user has to consent (again). */
export const isOfConsent = (code: string | null): boolean =>
  code !== null && consentCodes.has(code as ErrorCode);

/** Whether the way to Graph has not heard yet of what the user has given: that takes a moment. */
export const lagsBehind = ({ consentedUntil }: User, code: ErrorCode, now: EpochMs): boolean =>
  (code === "userConsentMissing" || code === "userConsentExpired") &&
  consentedUntil !== undefined &&
  consentedUntil > now;

/** Whether the code asks for waiting only. */
export const isWait = (code: ErrorCode): boolean => waitCodes.has(code);

/** The user, who may not call anything before what the failure's Retry-After says. */
export const heeding = (user: User, { retryAt }: CallFailure): User => {
  if (retryAt === null) return user;
  return { ...user, notBefore: user.notBefore === null ? retryAt : later(user.notBefore, retryAt) };
};

/** The old subscription once it serves nobody: to be deleted at `deleteAt`. */
export const retire = (user: User, deleteAt: EpochMs | null): User => {
  const { standing, leftover } = user;
  if (standing.kind === "active") {
    const { id, expiresAt } = standing.subscription;
    const { tenantId } = user.entry;
    return {
      ...user,
      suspicion: null,
      leftover: { subscriptionId: id, tenantId, expiresAt, deleteAt, tries: 0 },
    };
  }
  if (leftover === null || deleteAt === null) return { ...user, suspicion: null };
  return { ...user, suspicion: null, leftover: { ...leftover, deleteAt, tries: 0 } };
};

/** When to try again after the `failures`th failure in a row; never earlier than the plain wait. */
const retryAfter = (failures: number, code: ErrorCode, { now, self, numbers }: Moment): EpochMs => {
  const long = failures >= numbers.failuresInARow;
  const counted = long ? numbers.retryAfterFailuresInARowMs : numbers.retryAfterFailureMs;
  const wait = isDaily(code) ? numbers.dailyRetryMs : counted;
  return plus(now, wait * (1 + numbers.retrySpreadShare * spread(self, "retry")));
};

/** Error, counted; tried again in 60 minutes, or in 24 hours. What is left of a subscription is deleted. */
export const failed = (user: User, code: ErrorCode, moment: Moment): User => {
  const failures = user.failures + 1;
  const tryAt = retryAfter(failures, code, moment);
  const retired = user.standing.kind === "active" ? retire(user, moment.now) : user;
  return {
    ...retired,
    failures,
    waits: 0,
    suspicion: null,
    standing: { kind: "error", reason: code, tryAt },
  };
};

/** When to go on after waiting was asked for: at Retry-After, spread by key, or after a doubling wait. */
export const waitUntil = (user: User, failure: CallFailure, { now, self, numbers }: Moment): EpochMs => {
  const { code, retryAt } = failure;
  if (retryAt !== null && retryAt > now)
    return plus(retryAt, numbers.throttledSpreadMs * spread(self, "throttled"));
  // A person must first replace the certificate, and that is soon enough for everybody an hour later.
  if (code === "credentialsRejected")
    return plus(now, numbers.retryAfterFailureMs * (1 + numbers.retrySpreadShare * spread(self, "retry")));
  return plus(now, doubled(numbers.throttledRetryMinMs, user.waits, numbers.throttledRetryMaxMs));
};

/**
 * Not a failure: the standing stays, with the reason when the user is Not activated, and only the try moves.
 */
export const waiting = (user: User, failure: CallFailure, moment: Moment): User => {
  const { standing } = user;
  const tryAt = waitUntil(user, failure, moment);
  const waits = user.waits + 1;
  if (user.suspicion !== null && user.suspicion.probeAt !== null)
    return { ...user, waits, suspicion: { probeAt: tryAt } };
  switch (standing.kind) {
    case "notActivated":
      return { ...user, waits, standing: { ...standing, reason: failure.code, tryAt } };
    case "error":
      return { ...user, waits, standing: { ...standing, tryAt } };
    case "recovering":
      return { ...user, waits, standing: { ...standing, tryAt, trouble: failure.code } };
    case "active":
    case "disabled":
    case "removing":
      return user;
    default:
      return unreachable(standing);
  }
};

/** When a renewal that failed for now is repeated. */
export const renewalRetryAt = (user: User, failure: CallFailure, moment: Moment): EpochMs => {
  const { now, numbers } = moment;
  if (failure.retryAt !== null && failure.retryAt > now) return waitUntil(user, failure, moment);
  return plus(now, doubled(numbers.renewalRetryMinMs, user.waits, numbers.renewalRetryMaxMs));
};

/** When a deletion that failed is repeated. */
export const deletionRetryAt = (leftover: Leftover, code: ErrorCode, { now, numbers }: Moment): EpochMs => {
  if (isDaily(code)) return plus(now, numbers.dailyRetryMs);
  return plus(now, doubled(numbers.deletionRetryMinMs, leftover.tries, numbers.deletionRetryMaxMs));
};
