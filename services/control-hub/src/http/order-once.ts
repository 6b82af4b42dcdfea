import { randomUUID } from "node:crypto";
import { HttpFault, type RepeatedRequests } from "@hybrid/http-api";
import type { FastifyRequest } from "fastify";

const keyShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What an order is told apart by. */
export interface GivenOrder {
  readonly repeated: RepeatedRequests;
  /** Who gives it: the same person in all sessions. */
  readonly by: string;
  readonly about: readonly (string | null)[];
}

/**
 * Calls `write` with the order's id unless the order was given before, and resolves with the id. The key of
 * the request is the id; who reads orders knows a second one by it. Rejects with HttpFault for a key that is
 * none, or was given with something else.
 */
export const orderOnce = async (
  { headers, body }: FastifyRequest,
  { repeated, by, about }: GivenOrder,
  write: (orderId: string) => Promise<void>,
): Promise<{ readonly orderId: string }> => {
  const key = headers["idempotency-key"] ?? randomUUID();
  if (typeof key !== "string" || !keyShape.test(key))
    throw new HttpFault(400, "badRequest", "Idempotency-Key must be a UUID in lower case.");
  const orderId = await repeated.once(
    { key, by, request: [about, body] },
    {
      carryOut: async () => {
        await write(key);
        return key;
      },
      keep: () => "",
      answerAgain: async () => key,
    },
  );
  return { orderId };
};
