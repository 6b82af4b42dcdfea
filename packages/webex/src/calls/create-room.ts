import { askJson, type Exchange } from "../http/exchange.ts";
import { Room } from "../models/room.ts";

/** A space to be made. */
export interface CreateRoom {
  readonly title: string;
  readonly teamId?: string | undefined;
  readonly description?: string | undefined;
  readonly isLocked?: boolean | undefined;
  readonly isAnnouncementOnly?: boolean | undefined;
}

/**
 * POST /v1/rooms: makes a space. Rejects with ProviderError; when the answer was lost the space may exist.
 */
export const createRoom = async (exchange: Exchange, order: CreateRoom, signal: AbortSignal): Promise<Room> =>
  await askJson(exchange, { method: "POST", route: "/v1/rooms", body: order, schema: Room }, signal);
