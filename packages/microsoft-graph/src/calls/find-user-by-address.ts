import { z } from "zod";
import type { GraphClient } from "../graph-client.ts";
import { type GraphCallSpec, whatOf } from "../middleware/graph-call.ts";
import { readAnswer } from "../models.ts";
import { quoted } from "./mail-call.ts";

/** A user by mail address. */
export interface FindUserByAddress {
  readonly tenantId: string;
  readonly address: string;
  readonly signal: AbortSignal;
}

/** A user who was found. */
export interface FoundUser {
  readonly objectId: string;
  readonly userPrincipalName: string;
}

const users = z.looseObject({
  value: z.array(z.looseObject({ id: z.string().min(1), userPrincipalName: z.string().nullish() })),
});

/**
 * The user whose mail address or principal name this is, in any case, or null when the tenant has none, or
 * several. May be repeated. Throws ProviderError: consentRevoked and the usual ones.
 */
export const findUserByAddress =
  (graph: GraphClient) =>
  async ({ tenantId, address, signal }: FindUserByAddress): Promise<FoundUser | null> => {
    const call: GraphCallSpec = {
      tenantId,
      userObjectId: null,
      signal,
      operation: "users.findByAddress",
      family: "directory",
      entersMailbox: false,
      ownScope: null,
      buckets: [],
      repeatable: true,
    };
    const filter = `mail eq ${quoted(address)} or userPrincipalName eq ${quoted(address)}`;
    const path = `users?$filter=${encodeURIComponent(filter)}&$select=id,userPrincipalName&$top=2`;
    const { value } = readAnswer(users, await graph.request(call, { method: "GET", path }), whatOf(call));
    const [found, other] = value;
    if (!found || other) return null;
    return { objectId: found.id, userPrincipalName: found.userPrincipalName ?? address };
  };
