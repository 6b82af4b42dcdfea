import { type EpochMs, later, type Timer, unreachable } from "@hybrid/kernel";
import type { Leftover, State, User } from "./state.ts";

/** What a user does next by itself. */
export type Action = "attempt" | "probe" | "renew" | "delete";

/** The one thing that is due next, and when. */
export interface Due {
  readonly action: Action;
  readonly at: EpochMs;
}

const earlier = (a: EpochMs, b: EpochMs): EpochMs => (a < b ? a : b);

/** Whether the leftover may be deleted: never while its tenant is suspended or not decided upon. */
export const deletable = ({ entry, tenant }: User, leftover: Leftover): boolean =>
  leftover.tenantId !== entry.tenantId || (tenant !== null && tenant.status !== "suspended");

/** When something planned for `at` may start: never before what Retry-After said. */
const allowed = ({ notBefore }: User, at: EpochMs): EpochMs =>
  notBefore === null ? at : later(at, notBefore);

const deletionDue = (user: User): Due | null => {
  const { leftover } = user;
  if (leftover === null) return null;
  if (leftover.deleteAt === null || !deletable(user, leftover))
    return { action: "delete", at: leftover.expiresAt };
  return { action: "delete", at: earlier(allowed(user, leftover.deleteAt), leftover.expiresAt) };
};

/** When a renewal has to find out that the user's consent has ended; null: none has to, or one has tried. */
const consentEnd = ({ consentedUntil, tenant }: User, renewedAt: EpochMs | null): EpochMs | null => {
  if (tenant?.settings.consent !== "user" || consentedUntil === undefined) return null;
  return renewedAt !== null && renewedAt >= consentedUntil ? null : consentedUntil;
};

const standingDue = (user: User): Due | null => {
  const { standing, suspicion } = user;
  const probeAt = suspicion?.probeAt ?? null;
  switch (standing.kind) {
    case "notActivated":
    case "error":
      if (standing.tryAt === null) return null;
      return probeAt === null
        ? { action: "attempt", at: allowed(user, standing.tryAt) }
        : { action: "probe", at: allowed(user, probeAt) };
    case "active": {
      const { expiresAt, renewedAt } = standing.subscription;
      const renewAt = earlier(standing.subscription.renewAt, consentEnd(user, renewedAt) ?? expiresAt);
      return probeAt === null
        ? { action: "renew", at: earlier(allowed(user, renewAt), expiresAt) }
        : { action: "probe", at: earlier(allowed(user, probeAt), expiresAt) };
    }
    case "recovering":
      return probeAt === null
        ? { action: "attempt", at: earlier(allowed(user, standing.tryAt), standing.until) }
        : { action: "probe", at: earlier(allowed(user, probeAt), standing.until) };
    case "disabled":
    case "removing":
      return null;
    default:
      return unreachable(standing);
  }
};

/**
 * What is due next, or null. While a call is under way nothing is: its outcome decides. An attempt waits
 * until the old subscription is deleted, or has resisted `triesMax` times.
 */
export const dueOf = (user: User, triesMax: number): Due | null => {
  if (user.inFlight !== null) return null;
  const deletion = deletionDue(user);
  const own = standingDue(user);
  if (deletion === null || own === null) return deletion ?? own;
  const blocks = (user.leftover?.tries ?? 0) < triesMax;
  return blocks || deletion.at < own.at ? deletion : own;
};

/** The timers that a state wants: at most one. */
export const timersOf = (state: State, triesMax: number): readonly Timer[] => {
  if (state.kind === "tenant")
    return state.walk.kind === "pausing" ? [{ name: "walk", dueAt: state.walk.dueAt }] : [];
  if (state.kind === "unknown") return [];
  const due = dueOf(state, triesMax);
  return due === null ? [] : [{ name: due.action, dueAt: due.at }];
};
