import { ProviderError } from "@hybrid/kernel";
import type { Exchange } from "../http/exchange.ts";
import type { Page } from "../http/pages.ts";
import type { ScimUser } from "../models/scim-user.ts";
import { getScimUsersPage, type ScimUsersPage, scimUsersRoute } from "./get-scim-users-page.ts";

/** Which users of an organisation. */
export interface ScimUserFilter {
  /** The organisation's bare UUID. */
  readonly orgUuid: string;
  /** A SCIM filter, for example `userName eq "nora@acme.example"`. */
  readonly filter?: string | undefined;
  /** Users in a page, 1 to 1,000; 100 when left out. */
  readonly count?: number | undefined;
}

/**
 * GET /identity/scim/{orgUuid}/v2/Users: users, ordered by id, page by page. Rejects with ProviderError, also
 * when there are more than `pagesMax` pages.
 */
export async function* listScimUsers(
  exchange: Exchange,
  filter: ScimUserFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<ScimUser>, void, undefined> {
  let startIndex = 1;
  for (let pages = 0; pages < exchange.limits.pagesMax; pages++) {
    const { nextIndex, ...page }: ScimUsersPage = await getScimUsersPage(
      exchange,
      { ...filter, startIndex },
      signal,
    );
    yield page;
    if (nextIndex === null) return;
    startIndex = nextIndex;
  }
  throw new ProviderError(
    `Webex answered GET ${scimUsersRoute} with more pages than can be; it is not followed`,
    { code: "unexpected", retryable: false },
  );
}
