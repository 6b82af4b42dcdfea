import { askJson, type Exchange } from "../http/exchange.ts";
import { Team } from "../models/team.ts";

/** GET /v1/teams/{teamId}: a team. Rejects with ProviderError. */
export const getTeam = async (exchange: Exchange, teamId: string, signal: AbortSignal): Promise<Team> =>
  await askJson(exchange, { route: "/v1/teams/{teamId}", params: { teamId }, schema: Team }, signal);
