import type { EpochMs } from "@hybrid/kernel";
import type { Event } from "@microsoft/microsoft-graph-types";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { graphEventSchema, readAnswer } from "../models.ts";
import { type EventCall, eventCall, eventPath } from "./event-call.ts";
import { immutableIds, prefer } from "./prefer.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** An event without attendees, which is free time and reminds nobody. */
export interface CreateEvent extends UserCall {
  readonly subject: string;
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
  /** The same for every repetition of the same order: Graph then gives back the event that there is. */
  readonly transactionId: string;
}

const dateTime = (at: EpochMs): string => new Date(at).toISOString().slice(0, 19);

/**
 * Puts an event into a calendar. Repeating is safe by `transactionId`. Throws ProviderError: outOfScope,
 * mailboxMissing and the usual ones. Returns the immutable id.
 */
export const createEvent =
  (graph: GraphClient) =>
  async (order: CreateEvent): Promise<{ readonly eventId: string }> => {
    const call = eventCall(order, "events.create");
    const body: Event = {
      subject: order.subject,
      start: { dateTime: dateTime(order.startAt), timeZone: "UTC" },
      end: { dateTime: dateTime(order.endAt), timeZone: "UTC" },
      showAs: "free",
      isReminderOn: false,
      transactionId: order.transactionId,
    };
    const path = `${userPath(order.userObjectId)}/events`;
    const headers = prefer(immutableIds);
    const answer = await graph.request(call, { method: "POST", path, headers, body });
    return { eventId: readAnswer(graphEventSchema, answer, whatOf(call)).id };
  };

/** Removes an event. Repeating is safe. Throws ProviderError notFound when it is gone, and the usual ones. */
export const deleteEvent =
  (graph: GraphClient) =>
  async (order: EventCall): Promise<void> => {
    const call = eventCall(order, "events.delete");
    await graph.request(call, { method: "DELETE", path: eventPath(order), headers: prefer(immutableIds) });
  };
