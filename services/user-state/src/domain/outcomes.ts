import { consentSignals, type ResyncRequest, resyncRequests } from "@hybrid/contracts";
import {
  type CallFailure,
  type EpochMs,
  emit,
  orgOf,
  plus,
  spread,
  tenantActor,
  unreachable,
} from "@hybrid/kernel";
import {
  deletionRetryAt,
  failed,
  heeding,
  isOfConsent,
  isVerdict,
  isWait,
  lagsBehind,
  type Moment,
  renewalRetryAt,
  retire,
  waiting,
} from "./failure.ts";
import type { Order } from "./inputs.ts";
import type { InFlight, Subscription, User } from "./state.ts";

/** What an input changed, and why. */
export interface Change {
  readonly user: User;
  readonly cause: string;
  readonly orders?: readonly Order[];
}

/** What an answer that cannot be true counts as. */
const oddAnswer: CallFailure = { code: "unexpected", retryable: true, retryAt: null, status: null };

type Landed<Kind extends InFlight["kind"]> = Extract<InFlight, { readonly kind: Kind }>;

const landed = (user: User): User => ({ ...user, inFlight: null });

const granted = (id: string, expiresAt: EpochMs, { now, self, numbers }: Moment): Subscription => {
  const { renewalShareMin, renewalShareMax } = numbers;
  const share = renewalShareMin + (renewalShareMax - renewalShareMin) * spread(self, "renew");
  return { id, expiresAt, renewAt: plus(now, (expiresAt - now) * share), renewedAt: null };
};

const resync = ({ now, self }: Moment, reason: ResyncRequest["reason"]): Order =>
  emit(resyncRequests, self, { reason, requestedAt: now });

/** Whether a subscription made for this call serves the user as the facts are by now. */
const serves = (
  { entry, tenant, standing }: User,
  { tenantId, objectId }: Landed<"createSubscription">,
): boolean =>
  entry.tenantId === tenantId &&
  entry.objectId === objectId &&
  tenant?.status === "active" &&
  (standing.kind === "error" ||
    standing.kind === "recovering" ||
    (standing.kind === "notActivated" && standing.tryAt !== null));

/** A subscription exists: the user is Active, or, if switched off meanwhile, it is left over. */
export const onCreated = (
  given: User,
  made: Landed<"createSubscription">,
  outcome: { readonly subscriptionId: string; readonly expiresAt: EpochMs },
  moment: Moment,
): Change => {
  const user = landed(given);
  const { subscriptionId, expiresAt } = outcome;
  if (!serves(user, made)) {
    const leftover = { subscriptionId, tenantId: made.tenantId, expiresAt, deleteAt: moment.now, tries: 0 };
    return { user: { ...user, leftover }, cause: "subscriptionCreated" };
  }
  // A provider, or a clock, that is wrong: without counting it the user would be tried again and again.
  if (expiresAt <= moment.now) return { user: failed(user, "unexpected", moment), cause: "unexpected" };
  const reason = user.everActive ? "subscriptionRecreated" : "activated";
  const active: User = {
    ...user,
    standing: { kind: "active", subscription: granted(subscriptionId, expiresAt, moment), trouble: null },
    failures: 0,
    waits: 0,
    suspicion: null,
    takeoverAt: null,
    everActive: true,
  };
  return { user: active, cause: reason, orders: [resync(moment, reason)] };
};

/**
 * The subscription lives on; its next renewal is measured from what Graph granted now. An expiry that has
 * passed already, while the known one has not, is an odd answer: it proves nothing and is asked for again.
 */
export const onRenewed = (
  given: User,
  renewed: Landed<"renewSubscription">,
  expiresAt: EpochMs,
  moment: Moment,
): Change => {
  const user = landed(given);
  const { standing, leftover } = user;
  if (leftover?.subscriptionId === renewed.subscriptionId)
    return { user: { ...user, leftover: { ...leftover, expiresAt } }, cause: "renewed" };
  if (standing.kind !== "active" || standing.subscription.id !== renewed.subscriptionId)
    return { user, cause: "renewed" };
  if (expiresAt <= moment.now && standing.subscription.expiresAt > moment.now)
    return onRenewalFailed(user, renewed, oddAnswer, moment);
  const { id, renewedAt } = standing.subscription;
  const subscription = { ...granted(id, expiresAt, moment), renewedAt };
  return {
    user: {
      ...user,
      standing: { kind: "active", subscription, trouble: null },
      failures: 0,
      waits: 0,
      suspicion: null,
    },
    cause: "renewed",
  };
};

/** The old subscription is gone, so nothing of it is left over. */
export const onDeleted = (given: User, deleted: Landed<"deleteSubscription">): Change => {
  const user = landed(given);
  const same = user.leftover?.subscriptionId === deleted.subscriptionId;
  return { user: same ? { ...user, leftover: null, waits: 0 } : user, cause: "subscriptionDeleted" };
};

/**
 * The mailbox is there: what had failed is tried again at once. An Active user's doubt ends when nothing had.
 */
export const onMailboxAnswered = (given: User, now: EpochMs): Change => {
  const user = landed(given);
  const cause = "mailboxAnswered";
  if (user.suspicion === null) return { user, cause };
  const unfounded = user.standing.kind === "active" && user.standing.subscription.renewAt > now;
  return { user: { ...user, suspicion: unfounded ? null : { probeAt: null }, waits: 0 }, cause };
};

/** Missing once: looked at again in a while. Missing twice, or missing again: Error. */
const missing = (user: User, moment: Moment): Change => {
  const { standing, suspicion } = user;
  const known = standing.kind === "error" && standing.reason === "mailboxMissing";
  if (suspicion !== null || known)
    return { user: failed(user, "mailboxMissing", moment), cause: "mailboxMissing" };
  const probeAt = plus(moment.now, moment.numbers.mailboxConfirmationMs);
  return { user: { ...user, suspicion: { probeAt } }, cause: "mailboxMissing" };
};

/** Whether the user is still to be tried: what happened to a call for somebody else's sake does not count. */
const isTried = ({ standing, tenant }: User): boolean =>
  tenant?.status === "active" &&
  (standing.kind === "recovering" ||
    ((standing.kind === "notActivated" || standing.kind === "error") && standing.tryAt !== null));

const isCurrent = ({ entry }: User, call: Landed<"createSubscription"> | Landed<"probeMailbox">): boolean =>
  entry.tenantId === call.tenantId && entry.objectId === call.objectId;

const onAttemptFailed = (user: User, failure: CallFailure, moment: Moment): Change => {
  const cause = failure.code;
  if (!isTried(user)) return { user, cause };
  // To the administrator a recovering user is Active: what may pass by itself does not end that before
  // expiry.
  const holdsOn = user.standing.kind === "recovering" && failure.retryable && !isVerdict(failure.code);
  if (isWait(failure.code) || holdsOn || lagsBehind(user, failure.code, moment.now))
    return { user: waiting(user, failure, moment), cause };
  if (failure.code === "mailboxMissing") return missing(user, moment);
  return { user: failed(user, failure.code, moment), cause };
};

/**
 * An Active user stays so unless Graph says about this user, mailbox or subscription that it is gone or
 * forbidden: anything else is trouble of ours or of the way, whatever the answer looked like. `renewAt`
 * moves, bounded by expiry (`due.ts`).
 */
const onRenewalFailed = (
  user: User,
  call: Landed<"renewSubscription">,
  failure: CallFailure,
  moment: Moment,
): Change => {
  const { code } = failure;
  const { standing } = user;
  if (standing.kind !== "active" || standing.subscription.id !== call.subscriptionId)
    return { user, cause: code };
  const { subscription } = standing;
  if (code === "notFound") {
    const until = subscription.expiresAt;
    return {
      user: { ...user, standing: { kind: "recovering", tryAt: moment.now, until, trouble: code } },
      cause: code,
    };
  }
  if (code === "mailboxMissing") {
    const due = { ...subscription, renewAt: moment.now };
    return missing({ ...user, standing: { ...standing, subscription: due, trouble: code } }, moment);
  }
  if (!isVerdict(code) || lagsBehind(user, code, moment.now)) {
    const due = { ...subscription, renewAt: renewalRetryAt(user, failure, moment) };
    const waits = user.waits + 1;
    return {
      user: { ...user, waits, standing: { ...standing, subscription: due, trouble: code } },
      cause: code,
    };
  }
  return { user: failed(user, code, moment), cause: code };
};

/** A probe of an Active user that brings nothing is repeated like a renewal. */
const onProbeFailed = (user: User, failure: CallFailure, moment: Moment): Change => {
  if (user.suspicion === null) return { user, cause: failure.code };
  if (user.standing.kind !== "active") return onAttemptFailed(user, failure, moment);
  if (failure.code === "mailboxMissing") return missing(user, moment);
  if (!isVerdict(failure.code) || failure.code === "notFound") {
    const probeAt = renewalRetryAt(user, failure, moment);
    return { user: { ...user, waits: user.waits + 1, suspicion: { probeAt } }, cause: failure.code };
  }
  return { user: failed(user, failure.code, moment), cause: failure.code };
};

const onDeletionFailed = (
  user: User,
  call: Landed<"deleteSubscription">,
  failure: CallFailure,
  moment: Moment,
): Change => {
  const { leftover } = user;
  const { code } = failure;
  if (leftover === null || leftover.subscriptionId !== call.subscriptionId) return { user, cause: code };
  // No subscription outlives its mailbox, its user or the tenant's consent.
  if (
    code === "notFound" ||
    code === "mailboxMissing" ||
    code === "userNotFound" ||
    code === "consentRevoked" ||
    isOfConsent(code)
  )
    return { user: { ...user, leftover: null }, cause: code };
  const deleteAt = deletionRetryAt(leftover, code, moment);
  return { user: { ...user, leftover: { ...leftover, deleteAt, tries: leftover.tries + 1 } }, cause: code };
};

/** What was under way under an older decision is simply tried again under the present one. */
const tryAgain = (user: User, now: EpochMs): User => {
  const { standing } = user;
  switch (standing.kind) {
    case "notActivated":
    case "error":
    case "recovering":
      return { ...user, standing: { ...standing, tryAt: now } };
    case "active":
      return { ...user, standing: { ...standing, subscription: { ...standing.subscription, renewAt: now } } };
    case "disabled":
    case "removing":
      return user;
    default:
      return unreachable(standing);
  }
};

/** Consent is gone: said once to the directory, which decides about the tenant; this user waits for it. */
const onConsentRevoked = (user: User, call: InFlight, moment: Moment): Change => {
  const cause = "consentRevoked";
  const { tenant, entry } = user;
  const deleting =
    call.kind === "deleteSubscription" && user.leftover?.subscriptionId === call.subscriptionId;
  const clean = deleting ? { ...user, leftover: null } : user;
  if (call.tenantId !== entry.tenantId || tenant?.status !== "active") return { user: clean, cause };
  if (call.generation < tenant.generation)
    return { user: isTriedOrActive(clean) ? tryAgain(clean, moment.now) : clean, cause };
  const signal = { tenantId: entry.tenantId, generation: tenant.generation, observedAt: moment.now };
  const orders = [emit(consentSignals, tenantActor(orgOf(moment.self), entry.tenantId), signal)];
  if (!isTriedOrActive(clean)) return { user: clean, cause, orders };
  const stopped: User = { ...retire(clean, null), standing: { kind: "error", reason: cause, tryAt: null } };
  return { user: stopped, cause, orders };
};

const isTriedOrActive = (user: User): boolean => user.standing.kind === "active" || isTried(user);

/** A call of the user brought no outcome; the failure's code decides, never its message. */
export const onFailure = (given: User, call: InFlight, failure: CallFailure, moment: Moment): Change => {
  const user = heeding(landed(given), failure);
  if (failure.code === "consentRevoked") return onConsentRevoked(user, call, moment);
  switch (call.kind) {
    case "createSubscription":
      return isCurrent(user, call) ? onAttemptFailed(user, failure, moment) : { user, cause: failure.code };
    case "probeMailbox":
      return isCurrent(user, call) ? onProbeFailed(user, failure, moment) : { user, cause: failure.code };
    case "renewSubscription":
      return onRenewalFailed(user, call, failure, moment);
    case "deleteSubscription":
      return onDeletionFailed(user, call, failure, moment);
    default:
      return unreachable(call);
  }
};
