import { meetings, userStatus } from "@hybrid/contracts";
import type { ActorId } from "@hybrid/kernel";
import { defineView, viewTable } from "@hybrid/view";

/** Whose list a record `<org>/u-<user>/<meeting>` belongs to, and the id of its meeting there. */
export const listedIn = (key: string): { readonly owner: ActorId; readonly id: string } => {
  const end = key.lastIndexOf("/");
  return { owner: key.slice(0, end) as ActorId, id: key.slice(end + 1) };
};

/** The lists of all users, and the mailboxes that they are of. */
export const meetingLists = defineView({
  name: "meeting-lists",
  version: 1,
  tables: [
    viewTable({
      name: "meetings",
      topic: meetings,
      columns: { owner: "text", id: "text", start_at: "integer", end_at: "integer", meeting: "text" },
      indexes: [["owner", "start_at", "id"]],
      row: (meeting, { key }) => {
        const { owner, id } = listedIn(key);
        return {
          owner,
          id,
          start_at: meeting.startAt,
          end_at: meeting.endAt,
          meeting: JSON.stringify(meeting),
        };
      },
    }),
    viewTable({
      name: "mailboxes",
      topic: userStatus,
      columns: { state: "text", tenant_id: "text", object_id: "text" },
      row: ({ to, tenantId, objectId }) =>
        to === "removed" ? null : { state: to, tenant_id: tenantId, object_id: objectId },
    }),
  ],
});
