import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/**
 * DELETE /v1/rooms/{roomId}: deletes a space; one of a team is archived. Rejects with ProviderError:
 * `notFound` when it is gone.
 */
export const deleteRoom = async (exchange: Exchange, roomId: string, signal: AbortSignal): Promise<void> => {
  const route = "/v1/rooms/{roomId}";
  await askJson(exchange, { method: "DELETE", route, params: { roomId }, schema: z.unknown() }, signal);
};
