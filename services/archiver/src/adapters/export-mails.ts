import { type Clock, minutes, type OrgId, orgIdOf } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";
import type { Call } from "#domain/archive-state";
import { contentOf } from "#domain/connector";
import { participantsOf } from "#domain/members";
import type { Terms } from "#domain/terms";
import { mailAsEml } from "./eml.ts";
import { type ArchiverPorts, type BlobStore, eventKey, mailKey } from "./ports.ts";
import { prepareItems, type RoomNames } from "./prepare.ts";
import { feedPages, saidOf } from "./read-feed.ts";
import { readSpaces } from "./spaces.ts";
import { storedEvent } from "./stored-event.ts";
import { readStoredMail } from "./stored-mail.ts";

/** What is exported. */
export interface ExportOrder {
  readonly from: number;
  readonly to: number;
  readonly terms: Terms;
  readonly signal: AbortSignal;
}

/** One mail as a file, or why there is none. */
export type ExportedMail =
  | { readonly kind: "mail"; readonly itemId: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: "failed"; readonly itemId: string; readonly at: number; readonly reason: string };

/** A store for one command: nothing of it outlives the process. */
const passingBlobs = (): BlobStore => {
  const kept = new Map<string, Buffer>();
  return {
    put: async (key, bytes) => void kept.set(key, bytes),
    get: async (key) => kept.get(key) ?? null,
    delete: async (key) => void kept.delete(key),
  };
};

const run = "export";

/** Keeps the events of the window under their keys, as collecting does. */
const keepEvents = async (
  ports: Pick<ArchiverPorts, "webex" | "logger" | "blobs">,
  org: OrgId,
  order: ExportOrder,
): Promise<void> => {
  for await (const page of feedPages(ports, { ...order, phase: "items" }))
    for (const entry of page) {
      const said = saidOf(entry);
      const key = eventKey(org, contentOf(entry.eventId, run));
      if (said) await ports.blobs.put(key, storedEvent(entry.event, said), order.signal);
    }
};

/**
 * Every version of a message in a window as a mail file, space by space and in order: the same mails that
 * mailboxes get. It only reads. Throws ProviderError.
 */
export async function* exportMails(
  given: Pick<ArchiverPorts, "webex" | "graph" | "logger"> & { readonly clock: Clock },
  order: ExportOrder,
): AsyncGenerator<ExportedMail, void, undefined> {
  const org = orgIdOf("export");
  const rooms = new LRUCache<string, RoomNames>({ max: 100, ttl: minutes(10) });
  const ports = { ...given, blobs: passingBlobs(), rooms };
  const { terms, signal } = order;
  await keepEvents(ports, org, order);
  for (const { roomId, roomUuid, stays, items } of await readSpaces(ports, order)) {
    if (terms.spaces.length > 0 && !terms.spaces.includes(roomUuid)) continue;
    for (const item of items) {
      const to = participantsOf(stays, item);
      const call: Extract<Call, { readonly kind: "prepareItems" }> = {
        kind: "prepareItems",
        number: 0,
        roomId,
        to,
        terms,
        // Nobody waits for a scan here: the file is left out, and the mail says so.
        items: [{ item, run, isPatient: false }],
      };
      const [prepared] = await prepareItems(ports, call, { org, signal });
      const key = mailKey(org, contentOf(item.eventId, run));
      const bytes = await ports.blobs.get(key, signal);
      const itemId = item.eventId;
      if (bytes === null)
        yield { kind: "failed", itemId, at: item.at, reason: prepared?.reason ?? "unexpected" };
      else yield { kind: "mail", itemId, at: item.at, bytes: await mailAsEml(readStoredMail(bytes)) };
      await ports.blobs.delete(key, signal);
    }
  }
}
