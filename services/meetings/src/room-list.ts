import { roomStatus } from "@hybrid/contracts";
import { actorIdOf, orgOf } from "@hybrid/kernel";
import { defineView, viewTable } from "@hybrid/view";

/** The meeting rooms of all organisations. */
export const roomLists = defineView({
  name: "rooms",
  version: 1,
  tables: [
    viewTable({
      name: "rooms",
      topic: roomStatus,
      columns: { org: "text", room: "text" },
      indexes: [["org"]],
      // Only a room that has a mailbox can be booked.
      row: (status, { key }) => {
        const { name, mailAddress, objectId, sealedTexts = null } = status;
        if (objectId === null) return null;
        return { org: orgOf(actorIdOf(key)), room: JSON.stringify({ name, mailAddress, sealedTexts }) };
      },
    }),
  ],
});
