import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/**
 * DELETE /v1/room/linkedFolders/{id}: takes the link of a folder away; the folder stays. Rejects with
 * ProviderError: `notFound` when it is gone.
 */
export const deleteLinkedFolder = async (
  exchange: Exchange,
  id: string,
  signal: AbortSignal,
): Promise<void> => {
  const route = "/v1/room/linkedFolders/{id}";
  await askJson(exchange, { method: "DELETE", route, params: { id }, schema: z.unknown() }, signal);
};
