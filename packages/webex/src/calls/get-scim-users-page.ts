import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";
import type { Page } from "../http/pages.ts";
import { ScimUser } from "../models/scim-user.ts";

/** Which page of the users of an organisation. */
export interface ScimUsersPageRequest {
  /** The organisation's bare UUID. */
  readonly orgUuid: string;
  /** A SCIM filter, for example `userName eq "nora@acme.example"`. */
  readonly filter?: string | undefined;
  /** The place of the first user, from 1; 1 when left out. */
  readonly startIndex?: number | undefined;
  /** Users in a page, 1 to 1,000; 100 when left out. */
  readonly count?: number | undefined;
  /** `id` when left out. */
  readonly sortBy?: "id" | "userName" | "meta.lastModified" | undefined;
  /** `ascending` when left out. */
  readonly sortOrder?: "ascending" | "descending" | undefined;
}

/** A page of users. */
export interface ScimUsersPage extends Page<ScimUser> {
  /** Where the next page begins; null: this was the last one. */
  readonly nextIndex: number | null;
}

/** The route of SCIM users. */
export const scimUsersRoute = "/identity/scim/{orgUuid}/v2/Users";

const Body = z.object({
  totalResults: z.number().int().nonnegative(),
  Resources: z.array(z.unknown()).max(5_000).default([]),
});

/**
 * GET /identity/scim/{orgUuid}/v2/Users: one page of users. Pages are places in a list that may change
 * between two requests. Rejects with ProviderError.
 */
export const getScimUsersPage = async (
  exchange: Exchange,
  { orgUuid, filter, startIndex = 1, count = 100, sortBy = "id", sortOrder }: ScimUsersPageRequest,
  signal: AbortSignal,
): Promise<ScimUsersPage> => {
  const query = { filter, count, startIndex, sortBy, sortOrder };
  const ask = { route: scimUsersRoute, params: { orgUuid }, query, schema: Body };
  const { totalResults, Resources } = await askJson(exchange, ask, signal);
  const read = Resources.map((resource) => ScimUser.safeParse(resource));
  const nextIndex = startIndex + Resources.length;
  return {
    items: read.flatMap(({ data }) => (data === undefined ? [] : [data])),
    unusable: read.flatMap(({ error }, index) =>
      error === undefined ? [] : [["Resources", index, ...(error.issues[0]?.path ?? [])].join(".")],
    ),
    nextIndex: Resources.length === 0 || nextIndex > totalResults ? null : nextIndex,
  };
};
