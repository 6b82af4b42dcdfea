import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/**
 * DELETE /v1/memberships/{membershipId}: takes somebody out of a space. Rejects with ProviderError:
 * `notFound` when it is gone.
 */
export const deleteMembership = async (
  exchange: Exchange,
  membershipId: string,
  signal: AbortSignal,
): Promise<void> => {
  const route = "/v1/memberships/{membershipId}";
  await askJson(exchange, { method: "DELETE", route, params: { membershipId }, schema: z.unknown() }, signal);
};
