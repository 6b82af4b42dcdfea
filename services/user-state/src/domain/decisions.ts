import { type ResyncRequest, resyncRequests, type UserDirectoryEntry } from "@hybrid/contracts";
import {
  type EpochMs,
  emit,
  later,
  localTenantActor,
  orgOf,
  plus,
  spread,
  tell,
  unreachable,
} from "@hybrid/kernel";
import { isOfConsent, type Moment, retire } from "./failure.ts";
import type { Input, TenantDecided, UserInput } from "./inputs.ts";
import type { Change } from "./outcomes.ts";
import type { Entry, Standing, User } from "./state.ts";

/** What the directory and the tenant's decision together want of a user. */
type Aim = "disabled" | "onConnector" | "pending" | "suspended" | "deactivated" | "subscribed";

const isFloating = ({ connector }: Entry): boolean => connector !== null && connector.resourceGroup === null;

const aimOf = ({ entry, tenant, assigned }: Pick<User, "entry" | "tenant" | "assigned">): Aim => {
  if (!entry.enabled) return "disabled";
  if (assigned || (entry.connector !== null && entry.connector.resourceGroup !== null)) return "onConnector";
  if (tenant === null) return "pending";
  if (tenant.status === "active") return "subscribed";
  return tenant.status;
};

/** A fresh start: counters zero, to be tried at `at`, or when a connector user's takeover is due. */
const toBeTried = (user: User, at: EpochMs): Standing => {
  const tryAt = user.takeoverAt === null ? at : later(at, user.takeoverAt);
  return { kind: "notActivated", reason: tryAt > at ? "awaitingTakeover" : "pending", tryAt };
};

/** What led to a new placing of the user. */
interface Placing {
  /** What was wanted before; null when the user is new or was being removed. */
  readonly before: Aim | null;
  /** The mailbox is another one. */
  readonly other: boolean;
  /** Somebody asked for a new try. */
  readonly reset: boolean;
  /** When it is tried, or its subscription is deleted. */
  readonly at: EpochMs;
}

const reset = (user: User): User => ({ ...user, failures: 0, waits: 0, suspicion: null });

const placeSubscribed = (user: User, { before, other, reset: asked, at }: Placing): User => {
  const { standing } = user;
  const serving = standing.kind === "active" || standing.kind === "recovering";
  if (serving && !other) return asked ? { ...user, failures: 0 } : user;
  if (other || before !== "subscribed") {
    const fresh = reset(retire(user, at));
    return { ...fresh, standing: toBeTried(fresh, at) };
  }
  if (!asked) return user;
  const again = reset(retire(user, at));
  if (standing.kind === "error") return { ...again, standing: { ...standing, tryAt: at } };
  return { ...again, standing: toBeTried(again, at) };
};

/** Puts the user where entry and decision say; what no longer serves is retired. */
const place = (user: User, placing: Placing): User => {
  const aim = aimOf(user);
  switch (aim) {
    case "disabled":
      return { ...reset(retire(user, placing.at)), standing: { kind: "disabled" }, everActive: false };
    case "onConnector":
      return { ...reset(retire(user, placing.at)), standing: standstill("onConnector") };
    case "pending":
      return { ...reset(retire(user, placing.at)), standing: standstill("pending") };
    case "deactivated":
      return { ...reset(retire(user, placing.at)), standing: standstill("tenantDeactivated") };
    case "suspended":
      return { ...retire(user, null), standing: { kind: "error", reason: "consentRevoked", tryAt: null } };
    case "subscribed":
      return placeSubscribed(user, placing);
    default:
      return unreachable(aim);
  }
};

const standstill = (reason: "onConnector" | "pending" | "tenantDeactivated"): Standing => ({
  kind: "notActivated",
  reason,
  tryAt: null,
});

/**
 * When a connector user outside a resource group is taken over; a toggle of an already known one asks for it
 * now.
 */
const takeoverOf = (user: User | null, entry: Entry, { now, self, numbers }: Moment): EpochMs | null => {
  if (!isFloating(entry)) return null;
  if (user === null || !isFloating(user.entry))
    return plus(now, numbers.takeoverWithinMs * spread(self, "takeover"));
  return isAskedFor(user, entry) ? null : user.takeoverAt;
};

const isAskedFor = (user: User, entry: Entry): boolean =>
  entry.enabled && (entry.attemptGeneration > user.entry.attemptGeneration || !user.entry.enabled);

const entryOf = (record: UserDirectoryEntry): Entry => {
  const { version, enabled, attemptGeneration, tenantId, objectId, mailAddress, connector } = record;
  return { version, enabled, attemptGeneration, tenantId, objectId, mailAddress, connector };
};

const join = ({ self }: Moment, entry: Entry) =>
  tell<Input>(localTenantActor(orgOf(self), entry.tenantId), {
    kind: "userJoined",
    user: self,
    tries: entry.enabled && entry.connector === null,
  });

/** A user appears; the partition's tenant actor is asked for the decision. */
export const onAppeared = (record: UserDirectoryEntry, moment: Moment): Change => {
  const entry = entryOf(record);
  const nobody: User = {
    kind: "user",
    entry,
    tenant: null,
    standing: standstill("pending"),
    leftover: null,
    suspicion: null,
    failures: 0,
    waits: 0,
    notBefore: null,
    assigned: false,
    takeoverAt: takeoverOf(null, entry, moment),
    everActive: false,
    inFlight: null,
    calls: 0,
    transition: 0,
  };
  const user = place(nobody, { before: null, other: false, reset: true, at: moment.now });
  return { user, cause: "added", orders: [join(moment, entry)] };
};

/**
 * Old subscriptions of a tenant that is left while suspended are gone with its consent: no call reaches them.
 */
const leaving = (user: User, at: EpochMs): User => {
  const retired = retire(user, at);
  return user.tenant?.status === "suspended"
    ? { ...retired, leftover: null, tenant: null }
    : { ...retired, tenant: null };
};

const causeOf = (user: User, entry: Entry, other: boolean): string => {
  if (user.standing.kind === "removing") return "added";
  if (user.entry.enabled !== entry.enabled) return entry.enabled ? "enabled" : "disabled";
  if (other) return "identityChanged";
  return isAskedFor(user, entry) ? "toggled" : "directoryChanged";
};

/** The directory says something new about the user; an older or equal version is stale. */
export const onDirectoryChanged = (user: User, record: UserDirectoryEntry, moment: Moment): Change | null => {
  const { now } = moment;
  const entry = entryOf(record);
  const revived = user.standing.kind === "removing";
  if (record.removed) {
    if (revived) return null;
    return { user: { ...retire(user, now), standing: { kind: "removing" } }, cause: "removed" };
  }
  // A removed user's versions start from the beginning.
  if (record.version <= user.entry.version && !revived) return null;
  const moved = entry.tenantId !== user.entry.tenantId;
  const other = moved || entry.objectId !== user.entry.objectId;
  const asked = revived || isAskedFor(user, entry);
  const placing = { before: revived ? null : aimOf(user), other, reset: asked, at: now };
  const known = other ? withoutSubscription(moved ? leaving(user, now) : retire(user, now)) : user;
  const takeoverAt = takeoverOf(revived ? null : user, entry, moment);
  return {
    user: place(
      { ...known, entry, takeoverAt, everActive: other || revived ? false : user.everActive },
      placing,
    ),
    cause: causeOf(user, entry, other),
    orders: moved ? [join(moment, entry)] : [],
  };
};

/** The subscription has been retired under the old identity; the standing must not offer it a second time. */
const withoutSubscription = (user: User): User =>
  user.standing.kind === "active" ? { ...user, standing: standstill("pending") } : user;

const tenantCauses = {
  active: "tenantActivated",
  suspended: "tenantSuspended",
  deactivated: "tenantDeactivated",
} as const;

/** The tenant has been decided upon; another tenant's decision, or an older one, is nothing to this user. */
export const onTenantDecided = (user: User, decided: TenantDecided, { now }: Moment): Change | null => {
  const { tenantId, generation, status, settings, actAt } = decided;
  if (tenantId !== user.entry.tenantId || generation <= (user.tenant?.generation ?? 0)) return null;
  const cause = tenantCauses[status];
  const told: User = { ...user, tenant: { generation, status, settings } };
  const at = later(now, actAt);
  if (user.standing.kind === "removing") return { user: retire(told, at), cause };
  return { user: place(told, { before: aimOf(user), other: false, reset: status === "active", at }), cause };
};

/** A lifecycle notification of the user's own subscription; any other subscription's is nothing to it. */
export const onLifecycle = (
  user: User,
  { subscriptionId, lifecycleEvent }: Extract<UserInput, { readonly kind: "lifecycleReceived" }>,
  { now, self, numbers }: Moment,
): Change | null => {
  const { standing } = user;
  const removed = lifecycleEvent === "subscriptionRemoved";
  if (removed && user.leftover?.subscriptionId === subscriptionId)
    return { user: { ...user, leftover: null }, cause: lifecycleEvent };
  if (standing.kind !== "active" || standing.subscription.id !== subscriptionId) return null;
  const { subscription } = standing;
  if (removed) {
    const until = subscription.expiresAt;
    const recovering = { kind: "recovering", tryAt: now, until, trouble: null } as const;
    return { user: { ...user, standing: recovering }, cause: lifecycleEvent };
  }
  if (lifecycleEvent === "missed") {
    const request: ResyncRequest = { reason: "missed", requestedAt: now };
    return { user, cause: lifecycleEvent, orders: [emit(resyncRequests, self, request)] };
  }
  const recent =
    subscription.renewedAt !== null && now < subscription.renewedAt + numbers.reauthorizationCoalescingMs;
  if (recent || user.inFlight?.kind === "renewSubscription") return null;
  const due = { ...subscription, renewAt: now };
  return { user: { ...user, standing: { ...standing, subscription: due } }, cause: lifecycleEvent };
};

/**
 * The migration detector found the mailbox: in the cloud it is tried at once, on premises it is looked at
 * here.
 */
export const onMailboxLocated = (
  user: User,
  location: "cloud" | "onPremises",
  { now }: Moment,
): Change | null => {
  const { standing } = user;
  if (location === "onPremises") {
    if (standing.kind !== "active" || user.suspicion !== null) return null;
    return { user: { ...user, suspicion: { probeAt: now } }, cause: "mailboxLocated" };
  }
  if (standing.kind !== "error" || standing.reason !== "mailboxMissing") return null;
  return { user: { ...reset(user), standing: { ...standing, tryAt: now } }, cause: "mailboxLocated" };
};

/** The user has connected the own calendar (again): what waited for it is tried as soon as all have heard. */
export const onConsentGiven = (user: User, expiresAt: EpochMs, { now, numbers }: Moment): Change | null => {
  if (user.tenant?.settings.consent !== "user" || expiresAt <= (user.consentedUntil ?? 0)) return null;
  const told: User = { ...user, consentedUntil: expiresAt };
  const { standing } = user;
  const cause = "consentGiven";
  if (standing.kind !== "error" || !isOfConsent(standing.reason)) return { user: told, cause };
  const tryAt = plus(now, numbers.consentSettlesMs);
  return { user: { ...reset(told), standing: { ...standing, tryAt } }, cause };
};

/**
 * The migration detector gives the user to a connector, or lets the connector go: then it has looked at the
 * mailbox, and nothing more is waited for.
 */
export const onConnectorAssigned = (user: User, assigned: boolean, { now }: Moment): Change | null => {
  if (user.assigned === assigned) return null;
  const told: User = { ...user, assigned, takeoverAt: assigned ? user.takeoverAt : null };
  const cause = assigned ? "connectorAssigned" : "connectorReleased";
  if (user.standing.kind === "removing") return { user: told, cause };
  return { user: place(told, { before: aimOf(user), other: false, reset: false, at: now }), cause };
};
