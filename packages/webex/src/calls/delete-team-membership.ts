import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/**
 * DELETE /v1/team/memberships/{membershipId}: takes somebody out of a team. Rejects with ProviderError:
 * `notFound` when it is gone.
 */
export const deleteTeamMembership = async (
  exchange: Exchange,
  membershipId: string,
  signal: AbortSignal,
): Promise<void> => {
  const route = "/v1/team/memberships/{membershipId}";
  await askJson(exchange, { method: "DELETE", route, params: { membershipId }, schema: z.unknown() }, signal);
};
