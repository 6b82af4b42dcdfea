import { ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";
import type { Page } from "../http/pages.ts";
import { ScimUser } from "../models/scim-user.ts";

/** Which users of an organisation. */
export interface ScimUserFilter {
  /** The organisation's bare UUID. */
  readonly orgUuid: string;
  /** A SCIM filter, for example `userName eq "nora@acme.example"`. */
  readonly filter?: string | undefined;
  /** Users in a page, 1 to 1,000; 100 when left out. */
  readonly count?: number | undefined;
}

const route = "/identity/scim/{orgUuid}/v2/Users";
const Body = z.object({
  totalResults: z.number().int().nonnegative(),
  Resources: z.array(z.unknown()).max(5_000).default([]),
});

/**
 * GET /identity/scim/{orgUuid}/v2/Users: users, ordered by id, page by page. Rejects with ProviderError, also
 * when there are more than `pagesMax` pages.
 */
export async function* listScimUsers(
  exchange: Exchange,
  { orgUuid, filter, count = 100 }: ScimUserFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<ScimUser>, void, undefined> {
  let startIndex = 1;
  for (let pages = 0; pages < exchange.limits.pagesMax; pages++) {
    const query = { filter, count, startIndex, sortBy: "id" };
    const ask = { route, params: { orgUuid }, query, schema: Body };
    const { totalResults, Resources } = await askJson(exchange, ask, signal);
    const read = Resources.map((resource) => ScimUser.safeParse(resource));
    yield {
      items: read.flatMap(({ data }) => (data === undefined ? [] : [data])),
      unusable: read.flatMap(({ error }, index) =>
        error === undefined ? [] : [["Resources", index, ...(error.issues[0]?.path ?? [])].join(".")],
      ),
    };
    startIndex += Resources.length;
    if (Resources.length === 0 || startIndex > totalResults) return;
  }
  throw new ProviderError(`Webex answered GET ${route} with more pages than can be; it is not followed`, {
    code: "unexpected",
    retryable: false,
  });
}
