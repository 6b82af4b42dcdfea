import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Membership } from "../models/membership.ts";

/** Whose memberships, or of which space; a compliance officer may leave the space out. */
export interface MembershipFilter {
  readonly roomId?: string | undefined;
  readonly personId?: string | undefined;
  readonly personEmail?: string | undefined;
  readonly max?: number | undefined;
}

/** GET /v1/memberships: memberships of spaces. Page by page; rejects with ProviderError. */
export const listMemberships = (
  exchange: Exchange,
  filter: MembershipFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Membership>, void, undefined> =>
  pagesOf<Membership>(
    exchange,
    { route: "/v1/memberships", query: { ...filter }, schema: Membership },
    signal,
  );
