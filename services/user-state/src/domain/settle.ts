import { call, type EpochMs, unreachable } from "@hybrid/kernel";
import { deletable, dueOf } from "./due.ts";
import type { Order, UserCall } from "./inputs.ts";
import type { Numbers } from "./numbers.ts";
import type { InFlight, User } from "./state.ts";

/** What a user's facts lead to at `now`. */
export interface Settled {
  readonly user: User;
  readonly orders: readonly Order[];
  /** Why the standing changed on the way, when it did. */
  readonly cause: "expired" | null;
  /** Nothing is left to do for a removed user. */
  readonly ended: boolean;
}

type Unnumbered<Each> = Each extends unknown ? Omit<Each, "number"> : never;

/** Orders a call: the one call under way from now on. */
const order = (user: User, wanted: Unnumbered<UserCall>): Pick<Settled, "user" | "orders"> => {
  const number = user.calls + 1;
  const generation = wanted.tenantId === user.entry.tenantId ? (user.tenant?.generation ?? 0) : 0;
  const inFlight = { ...wanted, number, generation } as InFlight;
  return { user: { ...user, calls: number, inFlight }, orders: [call({ ...wanted, number })] };
};

/** An Active user whose subscription ran out: Error, and a new attempt as soon as it is allowed. */
const expire = (user: User, now: EpochMs): User => {
  const { standing } = user;
  if (standing.kind !== "active" && standing.kind !== "recovering") return user;
  return {
    ...user,
    standing: { kind: "error", reason: standing.trouble ?? "expired", tryAt: now },
    suspicion: user.suspicion && { probeAt: null },
    waits: 0,
  };
};

const hasExpired = ({ standing }: User, now: EpochMs): boolean =>
  (standing.kind === "active" && now >= standing.subscription.expiresAt) ||
  (standing.kind === "recovering" && now >= standing.until);

/** Carries out what is due; an old subscription that resisted deletion is left to expire by itself. */
const act = (user: User, action: "attempt" | "probe" | "renew" | "delete", now: EpochMs) => {
  const { tenantId, objectId } = user.entry;
  const isDelegated = user.tenant?.settings.consent === "user";
  const delegated = isDelegated ? ({ isDelegated } as const) : {};
  const behalf = isDelegated ? { objectId, ...delegated } : {};
  switch (action) {
    case "attempt":
      return order(
        { ...user, leftover: null },
        { kind: "createSubscription", tenantId, objectId, ...delegated },
      );
    case "probe":
      return order(user, { kind: "probeMailbox", tenantId, objectId, ...delegated });
    case "renew": {
      if (user.standing.kind !== "active") return null;
      const { subscription } = user.standing;
      const renewing = { ...user.standing, subscription: { ...subscription, renewedAt: now } };
      const wanted = { kind: "renewSubscription", tenantId, subscriptionId: subscription.id } as const;
      return order({ ...user, standing: renewing }, { ...wanted, ...behalf });
    }
    case "delete": {
      if (user.leftover === null) return null;
      const { subscriptionId, tenantId: ofTenant } = user.leftover;
      const own = ofTenant === tenantId ? behalf : {};
      return order(user, { kind: "deleteSubscription", tenantId: ofTenant, subscriptionId, ...own });
    }
    default:
      return unreachable(action);
  }
};

/**
 * Orders what is due at `now`, after what time alone has changed: an expired subscription serves nobody and
 * needs no deletion. At most one call is ordered, and none while another is under way.
 */
export const settle = (given: User, now: EpochMs, numbers: Numbers): Settled => {
  if (given.inFlight !== null) return { user: given, orders: [], cause: null, ended: false };
  const expired = hasExpired(given, now);
  const lively = expired ? expire(given, now) : given;
  const gone = lively.leftover !== null && now >= lively.leftover.expiresAt;
  const user = gone ? { ...lively, leftover: null } : lively;
  const cause = expired ? "expired" : null;
  const nothingToDelete = user.leftover === null || !deletable(user, user.leftover);
  if (user.standing.kind === "removing" && nothingToDelete) return { user, orders: [], cause, ended: true };
  const due = dueOf(user, numbers.deletionTriesBeforeReplacing);
  const done = due !== null && due.at <= now ? act(user, due.action, now) : null;
  return { user: done?.user ?? user, orders: done?.orders ?? [], cause, ended: false };
};
