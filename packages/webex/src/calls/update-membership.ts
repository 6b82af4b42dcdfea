import { askJson, type Exchange } from "../http/exchange.ts";
import { Membership } from "../models/membership.ts";

/** What somebody is in a space from now on. */
export interface UpdateMembership {
  readonly membershipId: string;
  readonly isModerator: boolean;
  readonly isRoomHidden?: boolean | undefined;
}

/**
 * PUT /v1/memberships/{membershipId}: makes somebody a moderator or no longer one. Rejects with
 * ProviderError.
 */
export const updateMembership = async (
  exchange: Exchange,
  { membershipId, ...body }: UpdateMembership,
  signal: AbortSignal,
): Promise<Membership> => {
  const route = "/v1/memberships/{membershipId}";
  return await askJson(
    exchange,
    { method: "PUT", route, params: { membershipId }, body, schema: Membership },
    signal,
  );
};
