import { askJson, type Exchange } from "../http/exchange.ts";
import { TeamMembership } from "../models/membership.ts";

/** What somebody is in a team from now on. */
export interface UpdateTeamMembership {
  readonly membershipId: string;
  readonly isModerator: boolean;
}

/**
 * PUT /v1/team/memberships/{membershipId}: makes somebody a moderator or no longer one. Rejects with
 * ProviderError.
 */
export const updateTeamMembership = async (
  exchange: Exchange,
  { membershipId, ...body }: UpdateTeamMembership,
  signal: AbortSignal,
): Promise<TeamMembership> => {
  const route = "/v1/team/memberships/{membershipId}";
  return await askJson(
    exchange,
    { method: "PUT", route, params: { membershipId }, body, schema: TeamMembership },
    signal,
  );
};
