import type { QueuedItem, Room } from "./archive-state.ts";
import { type Participant, participantsOf } from "./members.ts";
import type { Item } from "./terms.ts";

/** Who gets a copy: who was there, within the connector's scope. */
export const receiversOf = (room: Room, item: Item, connector: string): readonly Participant[] => {
  const { people = [], groups = [] } = room.terms[connector] ?? {};
  // Who is in a group is found out where the mailbox is.
  const isForAll = people.length === 0 || groups.length > 0;
  return participantsOf(room.stays, item).filter(
    ({ email }) => isForAll || people.includes(email.toLowerCase()),
  );
};

/** Addresses of all whom an item is for, in scope or not: the mail names them. */
const addressesOf = (room: Room, item: Item): readonly string[] =>
  participantsOf(room.stays, item).map(({ email }) => email);

/** Whether two items were said before the same people. */
export const sameReceivers = (room: Room, one: QueuedItem, other: QueuedItem): boolean =>
  one.connector === other.connector &&
  addressesOf(room, one.item).join(" ") === addressesOf(room, other.item).join(" ");
