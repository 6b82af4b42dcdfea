import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/**
 * DELETE /v1/teams/{teamId}: ends a team; its spaces are archived. Rejects with ProviderError: `notFound`
 * when it is gone.
 */
export const deleteTeam = async (exchange: Exchange, teamId: string, signal: AbortSignal): Promise<void> => {
  const route = "/v1/teams/{teamId}";
  await askJson(exchange, { method: "DELETE", route, params: { teamId }, schema: z.unknown() }, signal);
};
