import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { TeamMembership } from "../models/membership.ts";

/** Which team. */
export interface TeamMembershipFilter {
  readonly teamId: string;
  readonly max?: number | undefined;
}

/** GET /v1/team/memberships: memberships of a team. Page by page; rejects with ProviderError. */
export const listTeamMemberships = (
  exchange: Exchange,
  filter: TeamMembershipFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<TeamMembership>, void, undefined> =>
  pagesOf<TeamMembership>(
    exchange,
    { route: "/v1/team/memberships", query: { ...filter }, schema: TeamMembership },
    signal,
  );
