import { parseWebexId } from "../ids/webex-id.ts";

/** Resources whose items lie in a space. */
const inSpaces: ReadonlySet<string> = new Set(["messages", "memberships", "rooms", "attachmentActions"]);

const idLengthMax = 1_024;

/** A property of an item that is a text fit to be an id or a time; null when it is not. */
export const textOfItem = (data: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = data[name];
  return typeof value === "string" && value !== "" && value.length <= idLengthMax ? value : null;
};

/** The space of what a delivery or an event tells about; a space is its own. */
export const spaceOf = (item: {
  readonly resource: string;
  readonly data: Readonly<Record<string, unknown>>;
}): { readonly roomId: string | null; readonly roomUuid: string | null } => {
  const roomId = textOfItem(item.data, item.resource === "rooms" ? "id" : "roomId");
  const uuid = roomId === null || !inSpaces.has(item.resource) ? undefined : parseWebexId(roomId)?.uuid;
  return { roomId, roomUuid: uuid ?? null };
};
