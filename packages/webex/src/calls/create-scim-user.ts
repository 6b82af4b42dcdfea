import { askJson, type Exchange } from "../http/exchange.ts";
import { ScimUser } from "../models/scim-user.ts";

/** A user to be made. */
export interface CreateScimUser {
  /** The organisation's bare UUID. */
  readonly orgUuid: string;
  /** The mail address. */
  readonly userName: string;
  readonly displayName?: string | undefined;
  readonly externalId?: string | undefined;
  readonly active?: boolean | undefined;
  readonly name?: { readonly givenName?: string; readonly familyName?: string } | undefined;
}

/**
 * POST /identity/scim/{orgUuid}/v2/Users. Rejects with ProviderError: `conflict` when the address is taken.
 */
export const createScimUser = async (
  exchange: Exchange,
  { orgUuid, ...user }: CreateScimUser,
  signal: AbortSignal,
): Promise<ScimUser> => {
  const route = "/identity/scim/{orgUuid}/v2/Users";
  const body = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userType: "user", ...user };
  return await askJson(
    exchange,
    { method: "POST", route, params: { orgUuid }, body, schema: ScimUser },
    signal,
  );
};
