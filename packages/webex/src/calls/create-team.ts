import { askJson, type Exchange } from "../http/exchange.ts";
import { Team } from "../models/team.ts";

/** A team to be made. */
export interface CreateTeam {
  readonly name: string;
  readonly description?: string | undefined;
}

/**
 * POST /v1/teams: makes a team and its General space. Rejects with ProviderError; when the answer was lost
 * the team may exist.
 */
export const createTeam = async (exchange: Exchange, order: CreateTeam, signal: AbortSignal): Promise<Team> =>
  await askJson(exchange, { method: "POST", route: "/v1/teams", body: order, schema: Team }, signal);
