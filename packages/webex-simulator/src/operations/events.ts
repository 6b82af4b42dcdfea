import { z } from "zod";
import { WebexFault } from "../answers.ts";
import type { Parts } from "../parts.ts";
import type { FeedEvent } from "../spaces/event-feed.ts";
import { uuidOfId } from "../webex-id.ts";
import { type Answer, nextLink, type Operation, operation } from "./operation.ts";

const readers = ["spark-compliance:events_read"];
const sizeMax = 1_000;
const historyMs = 90 * 24 * 60 * 60 * 1_000;

const instant = z
  .string()
  .refine((given) => !Number.isNaN(Date.parse(given)), "is no date")
  .transform((given) => Date.parse(given));

// The service writes `max=null` into links now and then; it takes it back as its default.
const max = z.union([z.literal("null").transform(() => 100), z.coerce.number().int().min(1)]).default(100);

const resources = [
  "attachmentActions",
  "businessTexts",
  "call_records",
  "convergedRecordings",
  "file_transcodings",
  "files",
  "meetingMessages",
  "meetings",
  "meetingTranscripts",
  "memberships",
  "messages",
  "rooms",
  "tabs",
] as const;

const listQuery = {
  resource: z.enum(resources).optional(),
  type: z.enum(["created", "updated", "deleted", "ended", "read"]).optional(),
  actorId: z.string().optional(),
  from: instant.optional(),
  to: instant.optional(),
  max,
  serviceType: z.string().optional(),
  cursor: z.string().optional(),
};

const eventBody = (event: FeedEvent): Record<string, unknown> => ({
  id: event.id,
  resource: event.resource,
  type: event.type,
  actorId: event.actorId,
  created: new Date(event.at).toISOString(),
  data: event.data,
});

const pageAfter = (
  parts: Parts,
  found: readonly FeedEvent[],
  query: { readonly cursor?: string | undefined; readonly max: number },
  url: URL,
): Answer => {
  const start = query.cursor === undefined ? 0 : found.findIndex(({ id }) => id === query.cursor) + 1;
  const { faults } = parts.feed;
  const isEmptied = faults.emptyPages > 0 && found.length > start;
  if (isEmptied) faults.emptyPages--;
  const page = isEmptied ? [] : found.slice(start, start + Math.min(query.max, sizeMax));
  const hasMore = start + page.length < found.length;
  const cursor = page.at(-1)?.id ?? query.cursor ?? "start";
  const parameters = { cursor, ...(faults.nextSaysMaxNull && { max: "null" }) };
  return {
    headers: hasMore ? { link: nextLink(url, parameters) } : {},
    body: { items: page.map(eventBody) },
  };
};

/** The compliance feed: what happened in the spaces that an organisation owns or has people in. */
export const eventOperations = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: "/v1/events",
    scopes: readers,
    query: listQuery,
    handle: ({ caller, query, url }) => {
      const now = parts.clock.now();
      const { from = now - historyMs, to = now } = query;
      if (to > now) throw new WebexFault(400, "to cannot be in the future.");
      if (from > to) throw new WebexFault(400, "from must be before to.");
      if (from < now - historyMs)
        throw new WebexFault(403, "Events older than 90 days need the Pro Pack for compliance.");
      const actorUuid = query.actorId === undefined ? undefined : uuidOfId("PEOPLE", query.actorId);
      const found = parts.feed
        .seenBy(caller.orgId, now)
        .filter(
          (event) =>
            event.at >= from &&
            event.at <= to &&
            (query.resource === undefined || event.resource === query.resource) &&
            (query.type === undefined || event.type === query.type) &&
            (actorUuid === undefined || uuidOfId("PEOPLE", event.actorId) === actorUuid),
        );
      return pageAfter(parts, found, query, url);
    },
  }),
  operation({
    method: "GET",
    path: "/v1/events/:eventId",
    scopes: readers,
    handle: ({ caller, params }) => {
      const found = parts.feed
        .seenBy(caller.orgId, parts.clock.now())
        .find(({ id }) => id === params["eventId"]);
      if (!found) throw new WebexFault(404, "The requested event could not be found.");
      return { body: eventBody(found) };
    },
  }),
];
