import { ProviderError } from "@hybrid/kernel";
import { archiveFolder, itemProperty } from "#domain/keys";
import { participantsAt } from "#domain/members";
import type { Item, Terms } from "#domain/terms";
import type { ArchiverPorts } from "./ports.ts";
import { readSpaces, type SourceSpace } from "./spaces.ts";

/** What is compared. */
export interface VerifyOrder {
  readonly from: number;
  readonly to: number;
  readonly terms: Terms;
  readonly signal: AbortSignal;
}

/** A copy that is not as it should be. */
export interface CopyFault {
  readonly itemId: string;
  readonly messageId: string;
  readonly kind: Item["kind"];
  readonly at: number;
  readonly email: string;
}

/** What a comparison of source and mailboxes found. */
export interface Verified {
  /** Items that the source has in the window. */
  readonly items: number;
  /** Copies that there should be, of people who have a mailbox. */
  readonly wanted: number;
  readonly missing: readonly CopyFault[];
  /** Copies that are there more than once. */
  readonly doubled: readonly CopyFault[];
  /** People without mailbox, by address. */
  readonly withoutMailbox: readonly string[];
}

type Ports = Pick<ArchiverPorts, "graph" | "webex" | "logger">;

const countsIn = async (
  { graph }: Ports,
  mailbox: { readonly tenantId: string; readonly userObjectId: string; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  const folder = { ...mailbox, parent: "inbox", displayName: archiveFolder };
  const folderId = await graph.mail.findFolder(folder);
  if (folderId === null) return counts;
  const list = graph.mail.listMessages({ ...mailbox, folderId, propertyId: itemProperty });
  for await (const page of list)
    for (const { values } of page) {
      const itemId = values[itemProperty];
      if (itemId !== undefined) counts.set(itemId, (counts.get(itemId) ?? 0) + 1);
    }
  return counts;
};

/** How often a person's mailbox has each item in its folder; null when there is no usable mailbox. */
const itemsIn = async (
  ports: Ports,
  email: string,
  { terms, signal }: VerifyOrder,
): Promise<ReadonlyMap<string, number> | null> => {
  for (const tenantId of terms.tenants) {
    const user = await ports.graph.users.findByAddress({ tenantId, address: email, signal });
    if (user === null) continue;
    try {
      return await countsIn(ports, { tenantId, userObjectId: user.objectId, signal });
    } catch (error) {
      if (error instanceof ProviderError && error.code === "mailboxMissing") return null;
      throw error;
    }
  }
  return null;
};

/** Whose mailboxes should have which items, by address in lower case. */
const wantedBy = (
  spaces: readonly SourceSpace[],
  { people }: Terms,
): ReadonlyMap<string, readonly Item[]> => {
  const wanted = new Map<string, Item[]>();
  for (const { stays, items } of spaces)
    for (const item of items)
      for (const { email } of participantsAt(stays, item.at, item)) {
        const address = email.toLowerCase();
        if (people.length > 0 && !people.includes(address)) continue;
        const list = wanted.get(address) ?? [];
        list.push(item);
        wanted.set(address, list);
      }
  return wanted;
};

/**
 * Compares what the source has in a window with what lies in the mailboxes of all who were there. Messages
 * that somebody moved out of the folder count as missing. It only reads. Throws ProviderError.
 */
export const verify = async (ports: Ports, order: VerifyOrder): Promise<Verified> => {
  const { terms } = order;
  const all = await readSpaces(ports, order);
  const spaces = all.filter(({ roomUuid }) => terms.spaces.length === 0 || terms.spaces.includes(roomUuid));
  const missing: CopyFault[] = [];
  const doubled: CopyFault[] = [];
  const withoutMailbox: string[] = [];
  let wanted = 0;
  for (const [email, list] of wantedBy(spaces, terms)) {
    const there = await itemsIn(ports, email, order);
    if (there === null) {
      withoutMailbox.push(email);
      continue;
    }
    wanted += list.length;
    for (const { eventId, messageId, kind, at } of list) {
      const count = there.get(eventId) ?? 0;
      const fault = { itemId: eventId, messageId, kind, at, email };
      if (count === 0) missing.push(fault);
      if (count > 1) doubled.push(fault);
    }
  }
  const items = spaces.reduce((sum, space) => sum + space.items.length, 0);
  return { items, wanted, missing, doubled, withoutMailbox };
};
