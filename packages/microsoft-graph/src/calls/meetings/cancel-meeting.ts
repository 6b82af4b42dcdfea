import type { GraphClient } from "../../graph-client.ts";
import { type EventCall, eventCall, eventPath } from "../event-call.ts";
import { immutableIds, prefer } from "../prefer.ts";

/** A meeting that its organiser calls off. */
export interface CancelMeeting extends EventCall {
  /** What those invited read; empty when there is nothing to say. */
  readonly comment: string;
}

/**
 * Takes a meeting out of its organiser's calendar and tells those invited. Repeating is safe: the second time
 * it is notFound. Throws ProviderError notFound when it is gone, invalidRequest with what Graph says (only
 * the organiser can cancel), and the usual ones.
 */
export const cancelMeeting =
  (graph: GraphClient) =>
  async (order: CancelMeeting): Promise<void> => {
    const call = { ...eventCall(order, "meetings.cancel"), repeatable: false };
    const body = { comment: order.comment };
    const path = `${eventPath(order)}/cancel`;
    await graph.request(call, { method: "POST", path, headers: prefer(immutableIds), body });
  };
