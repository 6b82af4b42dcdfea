import type { QueuedItem, Room } from "./archive-state.ts";
import { type Participant, participantsAt } from "./members.ts";
import type { Item } from "./terms.ts";

/** Who did what an item tells of. */
export const authorOf = ({ personId, email }: Item) => ({ personId, email });

/** Who gets a copy: who was there, within the connector's scope. */
export const receiversOf = (room: Room, item: Item, connector: string): readonly Participant[] => {
  const { people = [] } = room.terms[connector] ?? {};
  return participantsAt(room.stays, item.at, authorOf(item)).filter(
    ({ email }) => people.length === 0 || people.includes(email.toLowerCase()),
  );
};

/** Whether two items were said before the same people. */
export const sameReceivers = (room: Room, one: QueuedItem, other: QueuedItem): boolean => {
  if (one.connector !== other.connector) return false;
  const addresses = ({ item }: QueuedItem): string =>
    participantsAt(room.stays, item.at, authorOf(item))
      .map(({ email }) => email)
      .join(" ");
  return addresses(one) === addresses(other);
};
