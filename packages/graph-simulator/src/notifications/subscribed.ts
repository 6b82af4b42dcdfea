import { badRequest, notSimulated } from "../http/graph-fault.ts";
import { canonicalUrl } from "../odata/path.ts";

/** What a subscription is about. */
export type Subscribed =
  | { readonly kind: "events"; readonly user: string }
  /** Of one user or group, or of all. */
  | { readonly kind: "users" | "groups"; readonly id: string | null };

const minuteMs = 60_000;

/** Longest lifetimes, milliseconds (subscription resource page). */
export const lifetimeMsMax: Readonly<Record<Subscribed["kind"], number>> = {
  events: 10_080 * minuteMs,
  users: 41_760 * minuteMs,
  groups: 41_760 * minuteMs,
};

const shapes: readonly (readonly [RegExp, (id: string | null) => Subscribed])[] = [
  [/^users\/([^/]+)\/events$/i, (user) => ({ kind: "events", user: user ?? "" })],
  [/^users(?:\/([^/]+))?$/i, (id) => ({ kind: "users", id })],
  [/^groups(?:\/([^/]+))?$/i, (id) => ({ kind: "groups", id })],
];

/** What else Graph takes subscriptions to. */
const gaps = new RegExp(
  "^(app|appcatalogs|chats|communications|copilot|drives|identityprotection|print|security|sites|teams)/" +
    "|^(chats|teams)$|^teamwork/|^groups/[^/]+/(conversations|drive|threads|planner)" +
    "|^users/[^/]+/(chats|contacts|contactfolders|drive|joinedteams|mailfolders|messages)" +
    "|^users/[^/]+/(onlinemeetings|todo)",
  "i",
);

/** What a subscription's resource names. Throws Graph's 400, or 501 for what is not simulated. */
export const subscribedOf = (resource: string): Subscribed => {
  const [path = "", query] = canonicalUrl(resource)
    .replace(/^\/+|\/+$/g, "")
    .split("?");
  for (const [shape, of] of shapes) {
    const found = shape.exec(path);
    if (!found) continue;
    if (query !== undefined) throw notSimulated("options in the resource of a subscription");
    return of(found[1] === undefined ? null : decodeURIComponent(found[1]));
  }
  if (/^me(\/|$)/i.test(path))
    throw badRequest("/me request is only valid with delegated authentication flow.", "InvalidRequest");
  if (gaps.test(path)) throw notSimulated(`subscriptions to '${path}'`);
  throw badRequest(`Invalid 'resource': '${resource}' is nothing to subscribe to.`, "InvalidRequest");
};
