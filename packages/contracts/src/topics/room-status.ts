import type { Sealed } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { sealedField } from "../avro/sealed-field.ts";
import { defineTopic } from "../define-topic.ts";

/** Where a device stands with the meetings of its room. */
export type DeviceStanding = "waiting" | "shown" | "offline" | "otherCalendar" | "failed";

/** A device of a room. */
export interface RoomDevice {
  readonly deviceId: string;
  /** Empty in records that have it sealed. */
  readonly name: string;
  readonly standing: DeviceStanding;
  /** Why the last attempt failed, a code of docs/ERRORS.md. */
  readonly code: string | null;
  readonly nextTryAt: number | null;
  readonly sealedTexts?: Sealed<{ readonly name: string }> | null;
}

/** A meeting room, and what its devices show. */
export interface RoomStatus {
  /** Empty in records that have it sealed, as the address. */
  readonly name: string;
  readonly mailAddress: string;
  /** Null: the tenant has no such mailbox. */
  readonly objectId: string | null;
  readonly devices: readonly RoomDevice[];
  /** Meetings of today and tomorrow that can be joined from the room. */
  readonly bookings: number;
  /** What seems wrong with the settings of the mailbox, words of services/meetings/README.md. */
  readonly findings: readonly string[];
  /** Why the calendar cannot be read, a code of docs/ERRORS.md; null: it can. */
  readonly unreadable: string | null;
  readonly at: number;
  readonly sealedTexts?: Sealed<{ readonly name?: string; readonly mailAddress?: string }> | null;
}

const deviceFields: readonly AvroSchema[] = [
  { name: "deviceId", type: "string" },
  { name: "name", type: "string" },
  {
    name: "standing",
    type: {
      type: "enum",
      name: "DeviceStanding",
      symbols: ["waiting", "shown", "offline", "otherCalendar", "failed"],
    },
  },
  { name: "code", type: ["null", "string"] },
  { name: "nextTryAt", type: ["null", "long"] },
];

/** `ofDevice` and `ofRoom`: what a version has besides. */
const schemaOf = (ofDevice: readonly AvroSchema[], ofRoom: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name: "RoomStatus",
  namespace: "hybrid",
  fields: [
    { name: "name", type: "string" },
    { name: "mailAddress", type: "string" },
    { name: "objectId", type: ["null", "string"] },
    {
      name: "devices",
      type: {
        type: "array",
        items: { type: "record", name: "RoomDevice", fields: [...deviceFields, ...ofDevice] },
      },
    },
    { name: "bookings", type: "int" },
    { name: "findings", type: { type: "array", items: "string" } },
    { name: "unreadable", type: ["null", "string"] },
    { name: "at", type: "long" },
    ...ofRoom,
  ],
});

/** The present state of every meeting room; the latest word is kept. */
export const roomStatus = defineTopic<RoomStatus>({
  name: "room-status",
  doc: "What the devices of a meeting room show of the room's meetings, and why not.",
  keyDoc: "`<org>/w-<workspace>`",
  partitioning: "entity",
  retention: { cleanup: "compact" },
  writers: ["meetings-rooms"],
  operatorReads: "shows meeting rooms",
  versions: [
    schemaOf([], []),
    schemaOf([sealedField("texts", "organisation")], [sealedField("texts", "organisation", false)]),
  ],
});
