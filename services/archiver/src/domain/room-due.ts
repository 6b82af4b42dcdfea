import type { Room } from "./archive-state.ts";
import { numbers } from "./numbers.ts";

/** When a space wants to be woken for what it has to do, and for what is over. */
export const roomDueAt = (room: Room): number | null => {
  const work = room.call === null && room.queue.length > 0 ? room.notBefore : Number.POSITIVE_INFINITY;
  const over = room.handed.map(({ doneAt }) =>
    doneAt === null ? Number.POSITIVE_INFINITY : doneAt + numbers.lateMs,
  );
  const at = Math.min(work, ...over);
  return Number.isFinite(at) ? at : null;
};
