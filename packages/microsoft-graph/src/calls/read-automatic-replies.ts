import { type Clock, ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import { graphErrorOf, graphFaultOf } from "../errors/graph-fault.ts";
import type { GraphClient } from "../graph-client.ts";
import { type GraphCallSpec, whatOf } from "../middleware/graph-call.ts";
import { automaticRepliesSchema, readAnswer } from "../models.ts";
import { type AutomaticReplies, automaticRepliesOf } from "./automatic-replies.ts";
import { userPath } from "./user-path.ts";

/** Requests in one batch at most (JSON batching page). */
export const batchRequestsMax = 20;

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

const batchSchema = z.looseObject({
  responses: z.array(
    z.looseObject({
      id: z.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown(),
    }),
  ),
});

type Inner = z.infer<typeof batchSchema>["responses"][number];

const lowerCase = (headers: Inner["headers"]): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

const resultOf = (inner: Inner | undefined, what: string, clock: Clock): RepliesReading["result"] => {
  if (inner === undefined)
    return new ProviderError(`${what}: the batch's answer leaves it out`, {
      code: "unavailable",
      retryable: true,
    });
  const { status, headers, body } = inner;
  if (status < 200 || status >= 300)
    return graphErrorOf(
      graphFaultOf({ status, headers: lowerCase(headers), body }, { namesUser: true, clock }),
      what,
    );
  try {
    return automaticRepliesOf(readAnswer(automaticRepliesSchema, body, what));
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
};

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
      result: resultOf(byId.get(String(at)), whatOf({ ...call, userObjectId }), clock),
    }));
  };
