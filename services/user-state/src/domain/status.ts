import { type OrganisationSettings, type UserState, type UserStatus, userStatus } from "@hybrid/contracts";
import { type ActorId, type EpochMs, emit, later } from "@hybrid/kernel";
import type { Order } from "./inputs.ts";
import type { User } from "./state.ts";

/**
 * What a user's status says of the settings until the tenant has been decided upon (Webex's own defaults).
 */
export const settingsUndecided: OrganisationSettings = {
  webexKeyword: "personalRoom",
  meetKeyword: "space",
  language: null,
};

/** A status without what belongs to the single transition. */
type View = Omit<UserStatus, "transition" | "from" | "cause" | "at">;

const stateOf = ({ standing }: User): UserState => {
  if (standing.kind === "recovering") return "active";
  return standing.kind === "removing" ? "disabled" : standing.kind;
};

const nextTryAt = ({ standing, notBefore }: User): EpochMs | null => {
  if (standing.kind !== "notActivated" && standing.kind !== "error") return null;
  if (standing.tryAt === null || notBefore === null) return standing.tryAt;
  return later(standing.tryAt, notBefore);
};

const viewOf = (user: User): View => {
  const { standing, entry } = user;
  const explained = standing.kind === "notActivated" || standing.kind === "error";
  const subscription = standing.kind === "active" ? standing.subscription : null;
  return {
    to: stateOf(user),
    reason: explained ? standing.reason : null,
    failures: user.failures,
    nextTryAt: nextTryAt(user),
    subscriptionId: subscription?.id ?? null,
    expiresAt: subscription?.expiresAt ?? null,
    tenantId: entry.tenantId,
    objectId: entry.objectId,
    mailAddress: entry.mailAddress,
    settings: user.tenant?.settings ?? settingsUndecided,
  };
};

/** What a transition is published with. */
export interface Transition {
  readonly self: ActorId;
  readonly cause: string;
  readonly now: EpochMs;
}

const published = (
  before: User | null,
  view: View,
  transition: number,
  { self, cause, now }: Transition,
): Order =>
  emit(userStatus, self, {
    ...view,
    transition,
    from: before === null ? "notActivated" : stateOf(before),
    cause,
    at: now,
  });

/** The user with its transition counted, and the status to publish when anything in it has changed. */
export const publish = (
  before: User | null,
  after: User,
  transition: Transition,
): { readonly user: User; readonly orders: readonly Order[] } => {
  const view = viewOf(after);
  // Both views are built here, in the same order of fields; at worst, equal settings are published again.
  if (before !== null && JSON.stringify(viewOf(before)) === JSON.stringify(view))
    return { user: after, orders: [] };
  const number = after.transition + 1;
  return {
    user: { ...after, transition: number },
    orders: [published(before, view, number, transition)],
  };
};

/** The last status of a removed user. */
export const publishRemoved = (before: User, after: User, transition: Transition): Order =>
  published(before, { ...viewOf(after), to: "removed" }, after.transition + 1, transition);
