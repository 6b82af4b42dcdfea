import type { GraphClient } from "../../graph-client.ts";
import { whatOf } from "../../middleware/graph-call.ts";
import { type GraphEvent, graphEventSchema, readAnswer } from "../../models.ts";
import { type EventCall, eventCall, eventPath } from "../event-call.ts";
import { htmlBodies, immutableIds, prefer } from "../prefer.ts";
import { type MeetingWords, meetingBody } from "./meeting-body.ts";

/** What a person changes of an own meeting. */
export interface ChangeMeeting extends EventCall, MeetingWords {
  /** Of the version that the person has seen. */
  readonly etag: string;
}

/**
 * Changes a meeting if it is still the version that was seen; Exchange tells whom it concerns. The body is
 * left alone. Repeating is safe: the second time If-Match does not hold. Throws ProviderError
 * preconditionFailed, notFound when it is gone, invalidRequest with what Graph says, and the usual ones.
 */
export const changeMeeting =
  (graph: GraphClient) =>
  async (order: ChangeMeeting): Promise<GraphEvent> => {
    const call = eventCall(order, "meetings.change");
    const headers = { ...prefer(immutableIds, htmlBodies), "If-Match": order.etag };
    const path = eventPath(order);
    const answer = await graph.request(call, { method: "PATCH", path, headers, body: meetingBody(order) });
    return readAnswer(graphEventSchema, answer, whatOf(call));
  };
