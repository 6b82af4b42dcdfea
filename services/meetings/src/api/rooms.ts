import type { OrgId } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { RoomItem } from "./schemas.ts";

/** The meeting rooms that people of an organisation can book. */
export interface Rooms {
  of(org: OrgId): Promise<readonly RoomItem[]>;
}

const roomsMax = 2_000;
// Every query names the organisation: nobody finds another's rooms.
const roomsSql = `SELECT room FROM rooms WHERE org = ? ORDER BY key LIMIT ${roomsMax}`;

const isRoom = (found: unknown): found is { readonly name: string; readonly mailAddress: string } =>
  typeof found === "object" && found !== null && "mailAddress" in found && found.mailAddress !== "";

/** The rooms that a view knows: those with a Microsoft calendar, by name. */
export const roomsIn = (view: View): Rooms => ({
  of: async (org) => {
    const found = await view.openedJson(view.all(roomsSql, org).map(({ room = null }) => room));
    return found
      .filter(isRoom)
      .map(({ name, mailAddress }) => ({ name, address: mailAddress }))
      .toSorted((a, b) => a.name.localeCompare(b.name) || (a.address < b.address ? -1 : 1));
  },
});
