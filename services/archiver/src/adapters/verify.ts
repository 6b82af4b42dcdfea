import { ProviderError } from "@hybrid/kernel";
import { type Compared, type ComparedLog, compare, type FoundCopy, type Verified } from "#domain/comparison";
import { archiveFolder, itemProperty, runProperty } from "#domain/keys";
import { participantsOf } from "#domain/members";
import type { Item, Terms } from "#domain/terms";
import { groupMembersOf } from "./group-members.ts";
import type { ArchiverPorts } from "./ports.ts";
import { readSpaces, type SourceSpace } from "./spaces.ts";

/** What is compared. */
export interface VerifyOrder {
  readonly connector: string;
  readonly from: number;
  readonly to: number;
  readonly terms: Terms;
  /** All that the log has of the connector. */
  readonly log: ComparedLog;
  readonly signal: AbortSignal;
}

type Ports = Pick<ArchiverPorts, "graph" | "webex" | "logger">;

interface Place {
  readonly tenantId: string;
  readonly objectId: string;
}

const placeOf = async (
  { graph }: Ports,
  address: string,
  { terms, signal }: VerifyOrder,
): Promise<Place | null> => {
  for (const tenantId of terms.tenants) {
    const user = await graph.users.findByAddress({ tenantId, address, signal });
    if (user !== null) return { tenantId, objectId: user.objectId };
  }
  return null;
};

/** What lies in the folder of a mailbox; null when there is no usable mailbox. */
const foundIn = async (
  { graph }: Ports,
  { tenantId, objectId }: Place,
  signal: AbortSignal,
): Promise<readonly FoundCopy[] | null> => {
  const mailbox = { tenantId, userObjectId: objectId, signal };
  const copies: FoundCopy[] = [];
  try {
    const folder = { ...mailbox, parent: "inbox", displayName: archiveFolder };
    const folderId = await graph.mail.findFolder(folder);
    if (folderId === null) return copies;
    const list = { ...mailbox, folderId, propertyId: itemProperty, bring: [runProperty] };
    for await (const page of graph.mail.listMessages(list))
      for (const { values, sentAt } of page) {
        const itemId = values[itemProperty];
        const connector = /^(?<name>.+)\.\d+(?::.*)?$/.exec(values[runProperty] ?? "")?.groups?.["name"];
        if (itemId !== undefined) copies.push({ itemId, connector: connector ?? null, sentAt });
      }
    return copies;
  } catch (error) {
    if (error instanceof ProviderError && error.code === "mailboxMissing") return null;
    throw error;
  }
};

interface Wanted {
  readonly personId: string;
  readonly email: string;
  readonly items: Item[];
}

/** Who should have which items, by address in lower case; who may be of a group is among them. */
const wantedBy = (spaces: readonly SourceSpace[], { people, groups = [] }: Terms): readonly Wanted[] => {
  const wanted = new Map<string, Wanted>();
  for (const { stays, items } of spaces)
    for (const item of items)
      for (const { email, personId } of participantsOf(stays, item)) {
        const address = email.toLowerCase();
        if (people.length > 0 && groups.length === 0 && !people.includes(address)) continue;
        const known = wanted.get(address) ?? { personId, email: address, items: [] };
        known.items.push(item);
        wanted.set(address, known);
      }
  return [...wanted.values()].sort((one, other) => (one.email < other.email ? -1 : 1));
};

/** Looks into the mailboxes of all who are within the scope. */
const lookAt = async (
  ports: Ports,
  spaces: readonly SourceSpace[],
  order: VerifyOrder,
): Promise<Compared["people"]> => {
  const { terms, signal } = order;
  const { people, tenants, groups = [] } = terms;
  // One look is enough for one comparison.
  const members = groupMembersOf(ports.graph, { now: () => 0 });
  const compared: Compared["people"][number][] = [];
  for (const wanted of wantedBy(spaces, terms)) {
    const place = await placeOf(ports, wanted.email, order);
    const isNamed = groups.length === 0 || people.includes(wanted.email);
    const isIn = isNamed || (place !== null && (await members.hasOneOf({ tenants, groups, place, signal })));
    if (!isIn) continue;
    compared.push({ ...wanted, found: place === null ? null : await foundIn(ports, place, signal) });
  }
  return compared;
};

/**
 * Compares what the source has in a window with what the status log says and with what lies in the mailboxes
 * of all who were there. Messages that somebody moved out of the folder count as missing. It only reads.
 * Throws ProviderError.
 */
export const verify = async (ports: Ports, order: VerifyOrder): Promise<Verified> => {
  const { terms, connector, from, to, log } = order;
  const all = await readSpaces(ports, order);
  const spaces = all.filter(({ roomUuid }) => terms.spaces.length === 0 || terms.spaces.includes(roomUuid));
  return compare({
    connector,
    from,
    to,
    log,
    sourceIds: new Set(all.flatMap(({ items }) => items.map(({ eventId }) => eventId))),
    items: spaces.flatMap(({ items }) => items),
    people: await lookAt(ports, spaces, order),
  });
};
