import { askJson, type Exchange } from "../http/exchange.ts";
import { TeamMembership } from "../models/membership.ts";

/** Somebody who joins a team: by id or by address. */
export type CreateTeamMembership = { readonly teamId: string; readonly isModerator?: boolean | undefined } & (
  | { readonly personId: string }
  | { readonly personEmail: string }
);

/**
 * POST /v1/team/memberships: adds somebody to a team. Rejects with ProviderError: `conflict` when the
 * person is there already.
 */
export const createTeamMembership = async (
  exchange: Exchange,
  order: CreateTeamMembership,
  signal: AbortSignal,
): Promise<TeamMembership> =>
  await askJson(
    exchange,
    { method: "POST", route: "/v1/team/memberships", body: order, schema: TeamMembership },
    signal,
  );
