import type { WebexHint } from "@hybrid/contracts";
import type { Addressed } from "@hybrid/kernel";
import { actorIdOf, entityOf, instant } from "@hybrid/kernel";
import type { Input } from "#domain/inputs";
import { uuidOf } from "./webex-ids.ts";

/** What may mean a new team, a new space of one, or the bot that was added to one. */
const resources = new Set(["rooms", "memberships"]);

/**
 * The input in a record of `webex-events`: that a space is new, or that somebody came into it. Undefined for
 * all else: who left and who became a moderator is read from the feed, which says it in order.
 */
export const readHint = (hint: WebexHint, key: string): Addressed<Input> | undefined => {
  const { resource, event, itemId, occurrence, receivedAt } = hint;
  const to = actorIdOf(key);
  if (event !== "created" || !resources.has(resource) || !entityOf(to).startsWith("r-")) return undefined;
  const personUuid = resource === "memberships" ? (uuidOf(hint.personId) ?? null) : null;
  const eventId = occurrence ?? itemId;
  return { to, input: { kind: "hinted", hint: { eventId, personUuid, at: instant(receivedAt) } } };
};
