import { type Clock, ProviderError } from "@hybrid/kernel";
import type { GraphClient } from "../graph-client.ts";
import { whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import { batchedResult, batchRequestsMax, batchSchema } from "./batch.ts";
import { type CreateMailMessage, messageBodyOf } from "./create-mail-message.ts";
import { createdSchema, mailCall } from "./mail-call.ts";
import { immutableIds, prefer } from "./prefer.ts";
import { type UserCall, userPath } from "./user-path.ts";

/** Received messages to be put into one folder, in order. */
export interface CreateMailMessages extends UserCall {
  readonly folderId: string;
  /** 1 to 20; all of them together are at most 4 MB as JSON. */
  readonly messages: readonly Omit<CreateMailMessage, keyof UserCall | "folderId">[];
}

/**
 * Makes messages one after the other by one JSON batch, which Graph counts as that many requests. What comes
 * back is each message's immutable id, or why it was not made; null for those behind one that failed, which
 * Graph does not try. Must NOT be repeated blindly, like `createMessage`. Throws ProviderError when the
 * batch fails as a whole: then any of them may be there.
 */
export const createMailMessages =
  (graph: GraphClient, clock: Clock) =>
  async (order: CreateMailMessages): Promise<readonly (string | ProviderError | null)[]> => {
    const { messages, folderId, userObjectId } = order;
    if (messages.length === 0 || messages.length > batchRequestsMax)
      throw new TypeError(`a batch holds 1 to ${batchRequestsMax} messages, not ${messages.length}`);
    const call = { ...mailCall(order, "mail.createMessages", false), requests: messages.length };
    const what = whatOf(call);
    const url = `/${userPath(userObjectId)}/mailFolders/${encodeURIComponent(folderId)}/messages`;
    const requests = messages.map((message, at) => ({
      id: String(at),
      // One mailbox takes four requests of an application at a time; ours come one by one, and in order.
      ...(at === 0 ? {} : { dependsOn: [String(at - 1)] }),
      method: "POST",
      url,
      headers: { "Content-Type": "application/json", ...prefer(immutableIds) },
      body: messageBodyOf(message),
    }));
    const answer = await graph.request(call, { method: "POST", path: "$batch", body: { requests } });
    const { responses } = readAnswer(batchSchema, answer, what);
    const byId = new Map(responses.map((inner) => [inner.id, inner]));
    const read = (body: unknown): string => readAnswer(createdSchema, body, what).id;
    let isBehind = false;
    return messages.map((_, at) => {
      if (isBehind) return null;
      const made = batchedResult(byId.get(String(at)), { what, clock, read });
      isBehind = made instanceof ProviderError;
      return made;
    });
  };
