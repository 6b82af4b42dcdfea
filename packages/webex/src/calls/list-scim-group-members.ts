import type { Exchange } from "../http/exchange.ts";
import type { Page } from "../http/pages.ts";
import { scimPagesOf } from "../http/scim-pages.ts";
import { ScimMember } from "../models/scim-group.ts";

/** Whose members. */
export interface ScimGroupFilter {
  /** The organisation's bare UUID. */
  readonly orgUuid: string;
  readonly groupId: string;
  /** Members in a page, at most 500; 100 when left out. */
  readonly count?: number | undefined;
}

/** GET /identity/scim/{orgUuid}/v2/Groups/{groupId}/Members. Page by page; rejects with ProviderError. */
export const listScimGroupMembers = (
  exchange: Exchange,
  { orgUuid, groupId, count = 100 }: ScimGroupFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<ScimMember>, void, undefined> => {
  const route = "/identity/scim/{orgUuid}/v2/Groups/{groupId}/Members";
  const params = { orgUuid, groupId };
  const ask = { route, params, schema: ScimMember, count, property: "members" } as const;
  return scimPagesOf<ScimMember>(exchange, ask, signal);
};
