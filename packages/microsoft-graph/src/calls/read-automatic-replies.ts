import type { Clock, ProviderError } from "@hybrid/kernel";
import type { GraphClient } from "../graph-client.ts";
import { type GraphCallSpec, whatOf } from "../middleware/graph-call.ts";
import { automaticRepliesSchema, readAnswer } from "../models.ts";
import { type AutomaticReplies, automaticRepliesOf } from "./automatic-replies.ts";
import { batchedResult, batchRequestsMax, batchSchema } from "./batch.ts";
import { userPath } from "./user-path.ts";

/** Mailboxes of one tenant, at most {@link batchRequestsMax}. */
export interface ReadAutomaticReplies {
  readonly tenantId: string;
  readonly userObjectIds: readonly string[];
  readonly signal: AbortSignal;
}

/** What was read of one mailbox, or why it could not be. */
export interface RepliesReading {
  readonly userObjectId: string;
  readonly result: AutomaticReplies | ProviderError;
}

/**
 * Reads automatic replies of up to twenty mailboxes by one JSON batch, which Graph counts as that many
 * requests. May be repeated. Throws ProviderError when the batch fails as a whole; a mailbox that fails alone
 * has its error in the reading.
 */
export const readAutomaticReplies =
  (graph: GraphClient, clock: Clock) =>
  async (order: ReadAutomaticReplies): Promise<readonly RepliesReading[]> => {
    const { tenantId, userObjectIds, signal } = order;
    if (userObjectIds.length === 0 || userObjectIds.length > batchRequestsMax)
      throw new TypeError(`a batch holds 1 to ${batchRequestsMax} mailboxes, not ${userObjectIds.length}`);
    const call: GraphCallSpec = {
      tenantId,
      userObjectId: null,
      signal,
      operation: "absences.readAutomaticReplies",
      family: "mailboxSettings",
      entersMailbox: false,
      ownScope: null,
      buckets: [],
      requests: userObjectIds.length,
      repeatable: true,
    };
    const requests = userObjectIds.map((userObjectId, at) => ({
      id: String(at),
      method: "GET",
      url: `/${userPath(userObjectId)}/mailboxSettings/automaticRepliesSetting`,
    }));
    const answer = await graph.request(call, { method: "POST", path: "$batch", body: { requests } });
    const { responses } = readAnswer(batchSchema, answer, whatOf(call));
    const byId = new Map(responses.map((inner) => [inner.id, inner]));
    return userObjectIds.map((userObjectId, at) => ({
      userObjectId,
      result: batchedResult(byId.get(String(at)), {
        what: whatOf({ ...call, userObjectId }),
        clock,
        read: (body) =>
          automaticRepliesOf(readAnswer(automaticRepliesSchema, body, whatOf({ ...call, userObjectId }))),
      }),
    }));
  };
