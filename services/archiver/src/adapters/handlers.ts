import { type Handlers, minutes, orgOf } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";
import type { Call, Input } from "#domain/archive-state";
import type { ArchivedMail } from "#rendering/chat-message";
import { collect } from "./collect.ts";
import { describeRoom } from "./describe-room.ts";
import { groupMembersOf } from "./group-members.ts";
import { importCopies } from "./import-copies.ts";
import { type ArchiverPorts, eventKey, mailKey } from "./ports.ts";
import { prepareItems, type RoomNames } from "./prepare.ts";

/** Mails that are kept in memory for the next mailbox of the same space. */
const mailBytesMax = 32 * 1_024 * 1_024;
const namesKeptMs = minutes(10);
const roomsMax = 2_000;

const sizeOf = ({ html, text, files }: ArchivedMail): number =>
  files.reduce((sum, { bytes }) => sum + bytes.byteLength, 2 * (html.length + text.length) + 2_000);

/** Carries out the calls of the archiver. Rejects with ProviderError. */
export const archiverHandlers = (given: ArchiverPorts): Handlers<Call, Input> => {
  const mails = new LRUCache<string, ArchivedMail>({ maxSize: mailBytesMax, sizeCalculation: sizeOf });
  const perf = { now: () => given.clock.now() };
  const rooms = new LRUCache<string, RoomNames>({ max: roomsMax, ttl: namesKeptMs, perf, ttlResolution: 0 });
  const groupMembers = groupMembersOf(given.graph, perf);
  const ports = { ...given, mails, rooms, groupMembers, reading: new Map() };
  return {
    collect: async (order, { actor, signal }) => ({
      kind: "collected",
      number: order.number,
      slice: await collect(ports, order, { org: orgOf(actor), signal }),
    }),
    describeRoom: async (order, { signal }) => ({
      kind: "roomDescribed",
      number: order.number,
      ...(await describeRoom(ports.webex, order, signal)),
    }),
    prepareItems: async (order, { actor, signal }) => ({
      kind: "itemsPrepared",
      number: order.number,
      items: await prepareItems(ports, order, { org: orgOf(actor), signal }),
    }),
    importCopies: async (order, { actor, signal }) => ({
      kind: "copiesImported",
      number: order.number,
      ...(await importCopies(ports, order, { org: orgOf(actor), signal })),
    }),
    listSpaces: ({ number, after, limit }, context) => {
      const spaces = context.actors(`${orgOf(context.actor)}/r-`, after, limit);
      return Promise.resolve({ kind: "spacesListed", number, spaces, isLast: spaces.length < limit });
    },
    deleteContent: async ({ number, contents }, { actor, signal }) => {
      const org = orgOf(actor);
      for (const content of contents) {
        await ports.blobs.delete(mailKey(org, content), signal);
        await ports.blobs.delete(eventKey(org, content), signal);
      }
      return { kind: "contentDeleted", number, contents };
    },
  };
};
