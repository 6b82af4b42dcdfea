import { askJson, type Exchange } from "../http/exchange.ts";
import { Membership } from "../models/membership.ts";

/** Somebody who joins a space: by id or by address. */
export type CreateMembership = { readonly roomId: string; readonly isModerator?: boolean | undefined } & (
  | { readonly personId: string }
  | { readonly personEmail: string }
);

/**
 * POST /v1/memberships: adds somebody to a space. Rejects with ProviderError: `conflict` when the person is
 * there already.
 */
export const createMembership = async (
  exchange: Exchange,
  order: CreateMembership,
  signal: AbortSignal,
): Promise<Membership> =>
  await askJson(
    exchange,
    { method: "POST", route: "/v1/memberships", body: order, schema: Membership },
    signal,
  );
