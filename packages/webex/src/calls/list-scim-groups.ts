import type { Exchange } from "../http/exchange.ts";
import type { Page } from "../http/pages.ts";
import { scimPagesOf } from "../http/scim-pages.ts";
import { ScimGroup } from "../models/scim-group.ts";

/**
 * GET /identity/scim/{orgUuid}/v2/Groups: groups without members. Page by page; rejects with ProviderError.
 */
export const listScimGroups = (
  exchange: Exchange,
  { orgUuid, count = 100 }: { readonly orgUuid: string; readonly count?: number | undefined },
  signal: AbortSignal,
): AsyncGenerator<Page<ScimGroup>, void, undefined> => {
  const route = "/identity/scim/{orgUuid}/v2/Groups";
  return scimPagesOf<ScimGroup>(exchange, { route, params: { orgUuid }, schema: ScimGroup, count }, signal);
};
