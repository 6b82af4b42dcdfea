import { ProviderError } from "@hybrid/kernel";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { type GraphEvent, graphEventSchema, readAnswer } from "../models.ts";
import { type EventCall, eventCall, eventPath } from "./event-call.ts";
import { htmlBodies, immutableIds, prefer } from "./prefer.ts";

/** Which event to read. */
export interface GetEvent extends EventCall {
  /** The id of one single-value extended property to bring along, for example `String {guid} Name X`. */
  readonly expandProperty?: string;
  /** Brings the changed occurrences of a series along, as `exceptionOccurrences`. */
  readonly expandExceptions?: boolean;
}

/** An event as it was at one moment. */
export interface EventSnapshot {
  /** Goes into If-Match of an update. */
  readonly etag: string;
  /** As Exchange returns it, empty when there is none; null when it is text although HTML was asked for. */
  readonly bodyHtml: string | null;
  /** The value of the property that was asked for, or null when the event has none. */
  readonly extendedProperty: string | null;
  readonly event: GraphEvent;
}

/** The etag of an event that Graph must have sent. Throws ProviderError unexpected. */
export const etagOf = (event: GraphEvent, what: string): string => {
  const etag = event["@odata.etag"];
  if (etag) return etag;
  throw new ProviderError(`${what}: Graph's answer has no @odata.etag`, {
    code: "unexpected",
    retryable: false,
  });
};

const bodyHtmlOf = ({ body }: GraphEvent): string | null =>
  (body?.contentType ?? "html").toLowerCase() === "html" ? (body?.content ?? "") : null;

/** Names of extended properties are case-sensitive, GUIDs and braces are not. */
const sameProperty = (id: string): string =>
  id.replace(/\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?/gi, (_, guid: string) =>
    guid.toLowerCase(),
  );

const propertyExpansion = (id: string): string =>
  `singleValueExtendedProperties($filter=id eq '${id.replaceAll("'", "''")}')`;

const query = ({ expandProperty, expandExceptions = false }: GetEvent): string => {
  const expansions = [
    ...(expandProperty === undefined ? [] : [propertyExpansion(expandProperty)]),
    ...(expandExceptions ? ["exceptionOccurrences"] : []),
  ];
  return expansions.length === 0 ? "" : `?$expand=${encodeURIComponent(expansions.join(","))}`;
};

/**
 * Reads an event with immutable ids, its body as HTML where Graph gives it so. May be repeated. Throws
 * ProviderError notFound when it is gone, mailboxMissing, outOfScope and the usual ones.
 */
export const getEvent =
  (graph: GraphClient) =>
  async (order: GetEvent): Promise<EventSnapshot> => {
    const call = eventCall(order, "events.get");
    const what = whatOf(call);
    const path = `${eventPath(order)}${query(order)}`;
    const headers = prefer(immutableIds, htmlBodies);
    const event = readAnswer(
      graphEventSchema,
      await graph.request(call, { method: "GET", path, headers }),
      what,
    );
    const wanted = sameProperty(order.expandProperty ?? "");
    const property = event.singleValueExtendedProperties?.find(({ id }) => sameProperty(id) === wanted);
    return {
      etag: etagOf(event, what),
      bodyHtml: bodyHtmlOf(event),
      extendedProperty: property?.value ?? null,
      event,
    };
  };
