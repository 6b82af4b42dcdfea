import type { EpochMs } from "@hybrid/kernel";
import type { GraphClient } from "../../graph-client.ts";
import { whatOf } from "../../middleware/graph-call.ts";
import { eventPageSchema, type GraphEvent, graphEventSchema, readAnswer } from "../../models.ts";
import { type EventCall, eventCall, eventPath } from "../event-call.ts";
import { htmlBodies, immutableIds, prefer } from "../prefer.ts";

/** Which occurrences of which series; `eventId` is that of the series. */
export interface ListInstances extends EventCall {
  readonly window: { readonly startAt: EpochMs; readonly endAt: EpochMs };
  /** Of one page; there is no second one. */
  readonly max: number;
}

/**
 * The occurrences of a series that overlap a window, as Graph orders them; those that do not fit their
 * documentation are left out. It reads and may be repeated. Throws ProviderError notFound when the series is
 * gone, and the usual ones.
 */
export const listInstances =
  (graph: GraphClient) =>
  async (order: ListInstances): Promise<readonly GraphEvent[]> => {
    const call = eventCall(order, "meetings.instances");
    const [start, end] = [order.window.startAt, order.window.endAt].map((at) => new Date(at).toISOString());
    const query = `startDateTime=${start}&endDateTime=${end}&$top=${order.max}`;
    const path = `${eventPath(order)}/instances?${query}`;
    const headers = prefer(immutableIds, htmlBodies);
    const answer = await graph.request(call, { method: "GET", path, headers });
    return readAnswer(eventPageSchema, answer, whatOf(call)).value.flatMap(
      (item) => graphEventSchema.safeParse(item).data ?? [],
    );
  };
