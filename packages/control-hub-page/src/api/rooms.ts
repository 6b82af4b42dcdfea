import { z } from "zod";
import { count, moment } from "./shapes.ts";

/** A meeting room, and what its devices show. */
export const RoomRow = z.object({
  id: z.string(),
  name: z.string(),
  mailAddress: z.string(),
  hasMailbox: z.boolean(),
  bookings: count,
  /** What seems wrong with the settings of the mailbox. */
  findings: z.array(z.string()),
  /** Why the calendar cannot be read; null: it can. */
  unreadable: z.string().nullable(),
  devices: z.array(
    z.object({
      name: z.string(),
      standing: z.enum(["waiting", "shown", "offline", "otherCalendar", "failed"]),
      code: z.string().nullable(),
      nextTryAt: moment.nullable(),
    }),
  ),
  at: moment,
});

/** Every room. */
export const Rooms = z.object({ rooms: z.array(RoomRow) });

/** An order about all rooms: their devices show the rooms' meetings, or do so no more. */
export const RoomsOrder = z.discriminatedUnion("order", [
  z.object({ order: z.literal("follow"), tenantId: z.guid() }),
  z.object({ order: z.literal("stop") }),
]);

/** A room. */
export type RoomRow = z.output<typeof RoomRow>;
/** Rooms. */
export type Rooms = z.output<typeof Rooms>;
