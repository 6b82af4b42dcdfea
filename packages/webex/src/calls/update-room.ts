import { askJson, type Exchange } from "../http/exchange.ts";
import { Room } from "../models/room.ts";

/** What a space is from now on. */
export interface UpdateRoom {
  readonly roomId: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly isLocked?: boolean | undefined;
  readonly isAnnouncementOnly?: boolean | undefined;
  readonly isReadOnly?: boolean | undefined;
}

/** PUT /v1/rooms/{roomId}: changes a space. Rejects with ProviderError. */
export const updateRoom = async (
  exchange: Exchange,
  { roomId, ...body }: UpdateRoom,
  signal: AbortSignal,
): Promise<Room> => {
  const route = "/v1/rooms/{roomId}";
  return await askJson(exchange, { method: "PUT", route, params: { roomId }, body, schema: Room }, signal);
};
