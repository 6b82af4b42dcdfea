import { askJson, type Exchange } from "../http/exchange.ts";
import { Membership } from "../models/membership.ts";

/** GET /v1/memberships/{membershipId}: a membership of a space. Rejects with ProviderError. */
export const getMembership = async (
  exchange: Exchange,
  membershipId: string,
  signal: AbortSignal,
): Promise<Membership> =>
  await askJson(
    exchange,
    { route: "/v1/memberships/{membershipId}", params: { membershipId }, schema: Membership },
    signal,
  );
