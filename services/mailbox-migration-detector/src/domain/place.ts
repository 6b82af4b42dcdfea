import { call, type EpochMs, later, plus, spread } from "@hybrid/kernel";
import type { Moment, Order } from "./inputs.ts";
import type { Entry, Place, User } from "./state.ts";

/** The administrator wants this user served. */
export const isWanted = (entry: Entry | null): entry is Entry => entry !== null && entry.enabled;

/** The user stays with the connectors of a resource group, wherever the mailbox is. */
export const isPinned = (entry: Entry | null): boolean =>
  entry !== null && entry.connector !== null && entry.connector.resourceGroup !== null;

/** The user came with a connector and without a resource group: the cloud takes the user over. */
export const isFloating = (entry: Entry | null): boolean =>
  entry !== null && entry.connector !== null && entry.connector.resourceGroup === null;

/** When the mailbox is looked at next; null: nothing is to be found out. */
export const nextLookAt = (user: User, { now, self, numbers }: Moment): EpochMs | null => {
  const { entry, place, cloud } = user;
  if (!isWanted(entry) || cloud?.reason === "consentRevoked") return null;
  if (user.isForced) return now;
  if (user.doubt !== null) return plus(now, numbers.confirmMs);
  if (isPinned(entry)) return plus(now, numbers.cloudEveryMs);
  if (place === "onPremises") return plus(now, numbers.onPremisesEveryMs);
  if (place === "cloud") return plus(now, numbers.cloudEveryMs);
  return isFloating(entry) ? plus(now, numbers.takeoverMs * spread(self, "takeover")) : null;
};

/** The user with its next look planned again. The first daily look comes at a time of the user's own. */
export const planned = (user: User, moment: Moment, isFirst = false): User => {
  const probeAt = nextLookAt(user, moment);
  if (probeAt === null || !isFirst) return { ...user, probeAt };
  const share = 0.5 + spread(moment.self, "look") / 2;
  return { ...user, probeAt: plus(moment.now, (probeAt - moment.now) * share) };
};

/** Orders the look that is due, one at a time. */
export const look = (
  user: User,
  { now }: Moment,
): { readonly user: User; readonly orders: readonly Order[] } => {
  const { entry, probeAt, inFlight } = user;
  if (!isWanted(entry) || probeAt === null || probeAt > now || inFlight !== null) return { user, orders: [] };
  const number = user.calls + 1;
  const { tenantId, objectId } = entry;
  return {
    user: { ...user, calls: number, inFlight: number, probeAt: null },
    orders: [call({ kind: "probeMailbox", number, tenantId, objectId })],
  };
};

/** A look that failed says nothing about the mailbox; it comes again while something is to be found out. */
export const looksAgain = (user: User, retryAt: EpochMs | null, moment: Moment): User => {
  const { now, numbers } = moment;
  // Disabled meanwhile, or without consent: nothing is to be found out.
  if (nextLookAt(user, moment) === null) return { ...user, inFlight: null, probeAt: null };
  const pause = Math.min(numbers.onPremisesEveryMs, numbers.retryMs * 2 ** Math.min(user.failures, 10));
  const soon = plus(now, pause);
  const probeAt = retryAt === null ? soon : later(soon, retryAt);
  return { ...user, inFlight: null, failures: user.failures + 1, probeAt };
};

/**
 * A mailbox was seen there. What contradicts the known place counts when it was seen twice in a row, because
 * Graph's answers flip while a mailbox moves; after an order it counts at once.
 */
export const observed = (given: User, seen: Exclude<Place, "unknown">, moment: Moment): User => {
  const user: User = { ...given, inFlight: null, failures: 0 };
  const counts =
    user.place === seen ||
    user.isForced ||
    user.doubt === seen ||
    (user.place === "unknown" && seen === "cloud");
  const after: User = counts
    ? { ...user, place: seen, doubt: null, isForced: false }
    : { ...user, doubt: seen };
  return planned(after, moment);
};
