import { days } from "@hybrid/kernel";
import { defineTopic } from "../define-topic.ts";

/** An order of an administrator about the meeting rooms of an organisation. */
export interface RoomCommand {
  /** `follow`: rooms with a Microsoft calendar show their meetings; `stop`: none does any more. */
  readonly kind: "follow" | "stop";
  /** The Entra tenant of the rooms' mailboxes; null for `stop`. */
  readonly tenantId: string | null;
  readonly requestedAt: number;
}

/** Orders of administrators about meeting rooms. */
export const roomCommands = defineTopic<RoomCommand>({
  name: "room-commands",
  doc: "Orders of administrators: whether the devices of meeting rooms show the rooms' meetings.",
  keyDoc: "`<org>/o`",
  partitioning: "entity",
  retention: { cleanup: "delete", retentionMs: days(7) },
  writers: ["control-hub", "hybrid"],
  versions: [
    {
      type: "record",
      name: "RoomCommand",
      namespace: "hybrid",
      fields: [
        { name: "kind", type: { type: "enum", name: "RoomCommandKind", symbols: ["follow", "stop"] } },
        { name: "tenantId", type: ["null", "string"] },
        { name: "requestedAt", type: "long" },
      ],
    },
  ],
});
