import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Room } from "../models/room.ts";

/** Which spaces. */
export interface RoomFilter {
  readonly teamId?: string | undefined;
  readonly type?: "direct" | "group" | undefined;
  readonly sortBy?: "id" | "lastactivity" | "created" | undefined;
  readonly max?: number | undefined;
}

/** GET /v1/rooms: spaces that the caller is in. Page by page; rejects with ProviderError. */
export const listRooms = (
  exchange: Exchange,
  filter: RoomFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Room>, void, undefined> =>
  pagesOf<Room>(exchange, { route: "/v1/rooms", query: { ...filter }, schema: Room }, signal);
