import { askJson, type Exchange } from "../http/exchange.ts";
import { Room } from "../models/room.ts";

/** GET /v1/rooms/{roomId}: a space. Rejects with ProviderError. */
export const getRoom = async (exchange: Exchange, roomId: string, signal: AbortSignal): Promise<Room> =>
  await askJson(exchange, { route: "/v1/rooms/{roomId}", params: { roomId }, schema: Room }, signal);
