import { askJson, type Exchange } from "../http/exchange.ts";
import { Team } from "../models/team.ts";

/** What a team is called from now on. */
export interface UpdateTeam {
  readonly teamId: string;
  readonly name: string;
  readonly description?: string | undefined;
}

/** PUT /v1/teams/{teamId}: renames a team. Rejects with ProviderError. */
export const updateTeam = async (
  exchange: Exchange,
  { teamId, ...body }: UpdateTeam,
  signal: AbortSignal,
): Promise<Team> => {
  const route = "/v1/teams/{teamId}";
  return await askJson(exchange, { method: "PUT", route, params: { teamId }, body, schema: Team }, signal);
};
