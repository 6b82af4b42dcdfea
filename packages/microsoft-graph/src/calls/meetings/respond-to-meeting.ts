import type { GraphClient } from "../../graph-client.ts";
import { type EventCall, eventCall, eventPath } from "../event-call.ts";
import { immutableIds, prefer } from "../prefer.ts";

/** What a person answers to an invitation, by the names of Graph's actions. */
export type MeetingResponse = "accept" | "decline" | "tentativelyAccept";

/** An answer to an invitation. */
export interface RespondToMeeting extends EventCall {
  readonly response: MeetingResponse;
  /** What the organiser reads with it; empty when there is nothing to say. */
  readonly comment: string;
  /** Whether the organiser is told at all. */
  readonly sendResponse: boolean;
}

/**
 * Answers an invitation. A second time the organiser gets a second mail, so nothing is repeated within the
 * call. Throws ProviderError notFound when it is gone, invalidRequest with what Graph says (the organiser
 * cannot answer, for example), and the usual ones.
 */
export const respondToMeeting =
  (graph: GraphClient) =>
  async (order: RespondToMeeting): Promise<void> => {
    const { response, comment, sendResponse } = order;
    const call = { ...eventCall(order, `meetings.${response}`), repeatable: false };
    const path = `${eventPath(order)}/${response}`;
    const body = { comment, sendResponse };
    await graph.request(call, { method: "POST", path, headers: prefer(immutableIds), body });
  };
