import type { Event } from "@microsoft/microsoft-graph-types";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { graphEventSchema, readAnswer } from "../models.ts";
import { type EventCall, eventCall, eventPath } from "./event-call.ts";
import { etagOf } from "./get-event.ts";
import { htmlBodies, immutableIds, prefer } from "./prefer.ts";

/** What to change of an event; what is left out does not change. */
export interface UpdateEvent extends EventCall {
  /** Of the version that was read and edited. */
  readonly etag: string;
  /** HTML, with everything of the old body that is to stay, the online meeting's blob above all. */
  readonly body?: string;
  /** The location's display name. */
  readonly location?: string;
  /** One single-value extended property; a null value removes it. */
  readonly extendedProperty?: { readonly id: string; readonly value: string | null };
}

const patchOf = ({ body, location, extendedProperty }: UpdateEvent): object => {
  const patch: Event = {
    ...(body === undefined ? {} : { body: { contentType: "html", content: body } }),
    ...(location === undefined ? {} : { location: { displayName: location } }),
    ...(extendedProperty === undefined ? {} : { singleValueExtendedProperties: [extendedProperty] }),
  };
  return patch;
};

/**
 * Changes an event if it is still the version that was read. Repeating is safe: the second time If-Match does
 * not hold. Throws ProviderError preconditionFailed when it has changed since, notFound when it is gone, and
 * the usual ones. Returns the etag of the new version.
 */
export const updateEvent =
  (graph: GraphClient) =>
  async (order: UpdateEvent): Promise<{ readonly etag: string }> => {
    const call = eventCall(order, "events.update");
    const headers = { ...prefer(immutableIds, htmlBodies), "If-Match": order.etag };
    const body = patchOf(order);
    const answer = await graph.request(call, { method: "PATCH", path: eventPath(order), headers, body });
    return { etag: etagOf(readAnswer(graphEventSchema, answer, whatOf(call)), whatOf(call)) };
  };
