import { askJson, type Exchange } from "../http/exchange.ts";
import { ScimUser } from "../models/scim-user.ts";

/** What of a user changes, by the path of the property, for example `externalId` or `name.givenName`. */
export interface PatchScimUser {
  /** The organisation's bare UUID. */
  readonly orgUuid: string;
  readonly userId: string;
  /** Null takes a property away. */
  readonly changes: Readonly<Record<string, string | boolean | null>>;
}

/**
 * PATCH /identity/scim/{orgUuid}/v2/Users/{userId}. Rejects with ProviderError; doing it twice is doing it
 * once.
 */
export const patchScimUser = async (
  exchange: Exchange,
  { orgUuid, userId, changes }: PatchScimUser,
  signal: AbortSignal,
): Promise<ScimUser> => {
  const route = "/identity/scim/{orgUuid}/v2/Users/{userId}";
  const body = {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: Object.entries(changes).map(([path, value]) =>
      value === null ? { op: "remove", path } : { op: "replace", path, value },
    ),
  };
  const ask = { method: "PATCH", route, params: { orgUuid, userId }, body, schema: ScimUser } as const;
  return await askJson(exchange, ask, signal);
};
