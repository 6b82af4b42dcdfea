import type { CollectedEvent } from "#domain/archive-state";
import { isMeeting } from "#domain/meeting-chat";
import { afterChange, afterLook, afterWord, type Stay } from "#domain/members";
import type { Item } from "#domain/terms";
import { describeRoom } from "./describe-room.ts";
import type { ArchiverPorts } from "./ports.ts";
import { readFeed } from "./read-feed.ts";

/** A space as the source tells it: who was there when, and what was said. */
export interface SourceSpace {
  readonly roomUuid: string;
  /** As Webex wrote it last. */
  roomId: string;
  stays: readonly Stay[];
  readonly items: Item[];
}

const gather = (events: readonly CollectedEvent[]): ReadonlyMap<string, SourceSpace> => {
  const spaces = new Map<string, SourceSpace>();
  for (const event of events) {
    const { roomUuid, roomId } = event;
    const space = spaces.get(roomUuid) ?? { roomUuid, roomId, stays: [], items: [] };
    spaces.set(roomUuid, space);
    space.roomId = roomId;
    if (event.kind === "member") space.stays = afterChange(space.stays, event.change);
    else {
      space.items.push(event.item);
      if (isMeeting(roomId)) space.stays = afterWord(space.stays, event.item);
    }
  }
  return spaces;
};

/**
 * What the source has in a window, space by space; only spaces in which something was said. Throws
 * ProviderError.
 */
export const readSpaces = async (
  ports: Pick<ArchiverPorts, "webex" | "logger">,
  window: { readonly from: number; readonly to: number; readonly signal: AbortSignal },
): Promise<readonly SourceSpace[]> => {
  const members = await readFeed(ports, { ...window, phase: "members" });
  const said = await readFeed(ports, { ...window, phase: "items" });
  const spaces = [...gather([...members, ...said]).values()].filter(({ items }) => items.length > 0);
  for (const space of spaces) {
    const limit = Number.MAX_SAFE_INTEGER;
    const order = { kind: "describeRoom", number: 0, roomId: space.roomId, after: null, limit } as const;
    const { present } = await describeRoom(ports.webex, order, window.signal);
    space.stays = afterLook(space.stays, present);
  }
  return spaces;
};
