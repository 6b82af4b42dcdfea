import { type OrgId, ProviderError, plus, seconds } from "@hybrid/kernel";
import type { LRUCache } from "lru-cache";
import type { Call, PreparedItem } from "#domain/archive-state";
import { contentOf } from "#domain/connector";
import { isMeeting } from "#domain/meeting-chat";
import type { Item, Terms } from "#domain/terms";
import { emptyMessage, type FetchedFile, type MailPerson, type MissingFile } from "#rendering/chat-message";
import { nameInDisposition } from "#rendering/file-names";
import { renderMail } from "#rendering/render-mail";
import { textOf } from "#rendering/safe-html";
import { isGone } from "./gone.ts";
import { type ArchiverPorts, eventKey, mailKey } from "./ports.ts";
import { stableId } from "./stable-id.ts";
import {
  chatMessageOf,
  messageInEvent,
  type ReadMessage,
  readStoredEvent,
  type StoredEvent,
} from "./stored-event.ts";
import { storedMail } from "./stored-mail.ts";

type Prepare = Extract<Call, { readonly kind: "prepareItems" }>;

/** What a space is called, and what its people are called. */
export interface RoomNames {
  readonly title: string | null;
  /** By address in lower case. */
  readonly names: ReadonlyMap<string, string>;
}

/** What rendering needs. */
export interface PreparePorts extends ArchiverPorts {
  readonly rooms: LRUCache<string, RoomNames>;
}

/** How long something that is not ready is left alone when Webex does not say. */
const waitMs = seconds(30);

/** Names are for the eye: a space that is gone has none, and its messages are archived all the same. */
export const roomNames = async (
  ports: PreparePorts,
  roomId: string,
  signal: AbortSignal,
): Promise<RoomNames> => {
  const known = ports.rooms.get(roomId);
  if (known) return known;
  if (isMeeting(roomId)) return { title: "Webex meeting", names: new Map() };
  const names = new Map<string, string>();
  let title: string | null = null;
  try {
    title = (await ports.webex.getRoom(roomId, signal)).title ?? null;
    for await (const page of ports.webex.listMemberships({ roomId, max: 1_000 }, signal))
      for (const { personEmail, personDisplayName } of page.items)
        if (personEmail && personDisplayName) names.set(personEmail.toLowerCase(), personDisplayName);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  const found = { title, names };
  ports.rooms.set(roomId, found);
  return found;
};

const messageFromWebex = async (
  ports: ArchiverPorts,
  messageId: string,
  signal: AbortSignal,
): Promise<ReadMessage> => {
  try {
    return chatMessageOf(await ports.webex.getMessage(messageId, signal));
  } catch (error) {
    // Deleted past its retention: what is left is that it was there.
    if (isGone(error)) return { message: emptyMessage, isWithheld: false };
    throw error;
  }
};

const messageOf = async (
  ports: ArchiverPorts,
  stored: StoredEvent,
  item: Item,
  signal: AbortSignal,
): Promise<ReadMessage> => {
  const inEvent = messageInEvent(stored, item.kind === "submitted");
  if (inEvent !== null && !inEvent.isWithheld) return inEvent;
  // What was said in a meeting stands in its event alone.
  if (isMeeting(stored.roomId)) return inEvent ?? { message: emptyMessage, isWithheld: false };
  return await messageFromWebex(ports, stored.messageId, signal);
};

interface Files {
  readonly files: readonly FetchedFile[];
  readonly missing: readonly MissingFile[];
  /** When to look again at what is still scanned; null: nothing is. */
  readonly retryAt: number | null;
}

const filesOf = async (
  ports: ArchiverPorts,
  addresses: readonly string[],
  given: { readonly terms: Terms; readonly isPatient: boolean; readonly signal: AbortSignal },
): Promise<Files> => {
  const { terms, isPatient, signal } = given;
  const files: FetchedFile[] = [];
  const missing: MissingFile[] = [];
  for (const url of addresses) {
    const wanted = { url, bytesMax: terms.itemBytesMax, allowUnscannable: terms.allowsUnscannable };
    const content = await ports.webex.getContent(wanted, signal).catch((error: unknown) => {
      if (error instanceof ProviderError && error.code === "invalidRequest")
        return { kind: "elsewhere" } as const;
      throw error;
    });
    if (content.kind === "scanning" && isPatient)
      return { files, missing, retryAt: plus(ports.clock.now(), content.retryAfterMs ?? waitMs) };
    if (content.kind === "file")
      files.push({
        name: nameInDisposition(content.disposition) ?? "",
        contentType: content.mediaType?.split(";", 1)[0] ?? "application/octet-stream",
        bytes: content.bytes,
      });
    else
      missing.push({
        name: content.kind === "tooLarge" ? nameInDisposition(content.disposition) : null,
        reason: content.kind,
      });
  }
  return { files, missing, retryAt: null };
};

const quoteOf = async (
  ports: ArchiverPorts,
  given: {
    readonly data: StoredEvent["data"];
    readonly names: RoomNames["names"];
    readonly signal: AbortSignal;
  },
) => {
  const { data, names, signal } = given;
  const parentId = data["parentId"];
  if (typeof parentId !== "string") return null;
  try {
    const parent = await ports.webex.getMessage(parentId, signal);
    if (parent.withheld.length > 0) return null;
    const email = parent.personEmail ?? "";
    const text = parent.text ?? textOf(parent.html ?? "");
    return { author: names.get(email.toLowerCase()) ?? email, text };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
};

const prepareOne = async (
  ports: PreparePorts,
  order: Prepare,
  given: { readonly entry: Prepare["items"][number]; readonly org: OrgId; readonly signal: AbortSignal },
): Promise<PreparedItem> => {
  const { entry, org, signal } = given;
  const { item, run, isPatient } = entry;
  const { terms, roomId } = order;
  const ended = (outcome: PreparedItem["outcome"], more: Partial<PreparedItem> = {}): PreparedItem => ({
    eventId: item.eventId,
    run,
    outcome,
    isPartial: false,
    retryAt: null,
    reason: null,
    ...more,
  });
  const content = contentOf(item.eventId, run);
  const bytes = await ports.blobs.get(eventKey(org, content), signal);
  const stored = bytes === null ? null : readStoredEvent(bytes);
  if (stored === null) return ended("failed", { reason: "contentLost" });
  const { message, isWithheld } = await messageOf(ports, stored, item, signal);
  // What Webex cannot decrypt is waited for, and never archived as ciphertext.
  if (isWithheld)
    return isPatient
      ? ended("waiting", { retryAt: plus(ports.clock.now(), waitMs) })
      : ended("failed", { reason: "notDecrypted" });
  const fetched = await filesOf(ports, message.files, { terms, isPatient, signal });
  if (fetched.retryAt !== null) return ended("waiting", { retryAt: fetched.retryAt });
  const { title, names } = await roomNames(ports, roomId, signal);
  const named = (address: string): MailPerson => ({
    address,
    name: names.get(address.toLowerCase()) ?? address,
  });
  const author = named(item.email ?? `${item.personId}@webex-archive.invalid`);
  const mail = renderMail({
    item,
    run,
    roomId: stableId(roomId),
    title,
    message,
    quote: await quoteOf(ports, { data: stored.data, names, signal }),
    author,
    people: order.to.map(({ email }) => named(email)),
    files: fetched.files,
    missing: fetched.missing,
    itemBytesMax: terms.itemBytesMax,
  });
  await ports.blobs.put(mailKey(org, content), storedMail(mail), signal);
  return ended("ready", { isPartial: mail.isPartial });
};

/**
 * Renders items side by side. What comes before the first failure is told, in order; a failure of the first
 * one is the call's.
 */
export const prepareItems = async (
  ports: PreparePorts,
  order: Prepare,
  given: { readonly org: OrgId; readonly signal: AbortSignal },
): Promise<readonly PreparedItem[]> => {
  const results = await Promise.allSettled(
    order.items.map((entry) => prepareOne(ports, order, { ...given, entry })),
  );
  const good: PreparedItem[] = [];
  for (const result of results) {
    if (result.status === "rejected") {
      if (good.length === 0) throw result.reason;
      break;
    }
    good.push(result.value);
  }
  return good;
};
