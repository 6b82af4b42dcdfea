import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Team } from "../models/team.ts";

/** How many teams a page holds. */
export interface TeamFilter {
  readonly max?: number | undefined;
}

/** GET /v1/teams: teams that the caller is in. Page by page; rejects with ProviderError. */
export const listTeams = (
  exchange: Exchange,
  filter: TeamFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Team>, void, undefined> =>
  pagesOf<Team>(exchange, { route: "/v1/teams", query: { ...filter }, schema: Team }, signal);
