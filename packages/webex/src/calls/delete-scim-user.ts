import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/**
 * DELETE /identity/scim/{orgUuid}/v2/Users/{userId}. Rejects with ProviderError: `notFound` when it is
 * gone.
 */
export const deleteScimUser = async (
  exchange: Exchange,
  params: { readonly orgUuid: string; readonly userId: string },
  signal: AbortSignal,
): Promise<void> => {
  const route = "/identity/scim/{orgUuid}/v2/Users/{userId}";
  await askJson(exchange, { method: "DELETE", route, params, schema: z.unknown() }, signal);
};
