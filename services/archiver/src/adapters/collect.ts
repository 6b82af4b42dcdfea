import type { OrgId } from "@hybrid/kernel";
import type { Call, CollectedEvent, Slice } from "#domain/archive-state";
import { contentOf } from "#domain/connector";
import { eventDigest, splitDigests } from "#domain/digest";
import { type ArchiverPorts, eventKey } from "./ports.ts";
import { type FeedEntry, feedPages, inOrder, memberOf, saidOf } from "./read-feed.ts";
import { storedEvent } from "./stored-event.ts";

type Collect = Extract<Call, { readonly kind: "collect" }>;

/** The first events of the stretch after `after`, one more than wanted, in order, each once. */
const firstEntries = async (
  ports: ArchiverPorts,
  order: Collect,
  signal: AbortSignal,
): Promise<readonly FeedEntry[]> => {
  const { phase, after, limit, to } = order;
  const from = Math.max(order.from, after?.at ?? order.from);
  let found = new Map<string, FeedEntry>();
  const cut = (): readonly FeedEntry[] => [...found.values()].sort(inOrder).slice(0, limit + 1);
  for await (const page of feedPages(ports, { phase, from, to, signal })) {
    for (const entry of page)
      if (after === null || inOrder(entry, after) > 0) found.set(entry.eventId, entry);
    // What is in hand is bounded, however long the stretch is.
    if (found.size > limit * 8) found = new Map(cut().map((entry) => [entry.eventId, entry]));
  }
  return cut();
};

/** Seals and keeps what was said, before anybody knows of it. */
const keep = async (
  ports: ArchiverPorts,
  entries: readonly FeedEntry[],
  given: { readonly org: OrgId; readonly run: string; readonly signal: AbortSignal },
): Promise<readonly CollectedEvent[]> => {
  const { org, run, signal } = given;
  const events: CollectedEvent[] = [];
  for (const entry of entries) {
    const said = saidOf(entry);
    if (said === null) {
      ports.logger.warn({ eventId: entry.eventId, resource: entry.event.resource }, "an event lacks its ids");
      continue;
    }
    await ports.blobs.put(
      eventKey(org, contentOf(entry.eventId, run)),
      storedEvent(entry.event, said),
      signal,
    );
    events.push(said.collected);
  }
  return events;
};

/**
 * Reads a part of the feed. What was said is kept as it was at the time of the event: Webex has no earlier
 * text of a message that was edited.
 */
export const collect = async (
  ports: ArchiverPorts,
  order: Collect,
  given: { readonly org: OrgId; readonly signal: AbortSignal },
): Promise<Slice> => {
  const seen = splitDigests(order.seen);
  const found = await firstEntries(ports, order, given.signal);
  const slice = found.slice(0, order.limit);
  const fresh = slice.filter(({ eventId }) => !seen.has(eventDigest(eventId)));
  const events =
    order.phase === "members"
      ? fresh.flatMap((entry) => memberOf(entry) ?? [])
      : await keep(ports, fresh, { ...given, run: order.run });
  const last = slice.at(-1);
  return {
    events,
    last: last ? { at: last.at, eventId: last.eventId } : null,
    hasMore: found.length > slice.length,
  };
};
