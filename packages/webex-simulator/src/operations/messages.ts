import { z } from "zod";
import { WebexFault } from "../answers.ts";
import type { Parts } from "../parts.ts";
import { messageBody } from "../spaces/bodies.ts";
import { rendered } from "../spaces/mentions.ts";
import type { Message, Room } from "../spaces/space.ts";
import { uuidOfId } from "../webex-id.ts";
import { actorOf, messageOf, ownRoomOf, personOf, roomOf } from "./access.ts";
import { CardAttachment } from "./cards.ts";
import { type Caller, type Operation, operation, pageOf, paging } from "./operation.ts";

const sizeMax = 1_000;
const textBytesMax = 7_439;
const fileBytesMax = 100 * 1_024 * 1_024;
const readers = ["spark:messages_read", "spark-compliance:messages_read", "spark:all"];
const writers = ["spark:messages_write", "spark:all"];
const deleters = ["spark:messages_write", "spark-compliance:messages_write", "spark:all"];

const text = z
  .string()
  .refine((given) => Buffer.byteLength(given) <= textBytesMax, `is longer than ${textBytesMax} bytes`);

/** A file that came in a form. */
const UploadedFile = z.strictObject({
  name: z.string(),
  contentType: z.string(),
  bytes: z.instanceof(Buffer).refine((bytes) => bytes.length <= fileBytesMax, "is larger than 100 MB"),
});

/** What a message may be written with, as JSON or as a form. */
export const MessageBody = z.strictObject({
  roomId: z.string().optional(),
  parentId: z.string().optional(),
  toPersonId: z.string().optional(),
  toPersonEmail: z.string().optional(),
  text: text.optional(),
  markdown: text.optional(),
  files: z
    .array(z.union([z.string(), UploadedFile]))
    .max(1)
    .optional(),
  attachments: z.array(CardAttachment).max(1).optional(),
});

/** What of a message may change. */
export const MessageChange = z.strictObject({
  roomId: z.string(),
  text: text.optional(),
  markdown: text.optional(),
});

type NewBody = z.infer<typeof MessageBody>;

const gap = (what: string): WebexFault =>
  new WebexFault(501, `${what} are not simulated.`, ["SimulatorNotImplemented"]);

const targetOf = (parts: Parts, caller: Caller, body: NewBody): Room => {
  if ([body.roomId, body.toPersonId, body.toPersonEmail].filter((each) => each !== undefined).length !== 1)
    throw new WebexFault(400, "Exactly one of roomId, toPersonId and toPersonEmail is needed.");
  if (body.roomId !== undefined) return ownRoomOf(parts, caller, body.roomId);
  const other = personOf(parts, { personId: body.toPersonId, personEmail: body.toPersonEmail });
  return parts.spaces.directRoom(actorOf(caller), other);
};

const requireMayPost = (parts: Parts, caller: Caller, room: Room): void => {
  const isModerator = parts.spaces.membership(room.uuid, caller.uuid)?.isModerator ?? false;
  if (room.isReadOnly || (room.isAnnouncementOnly && !isModerator))
    throw new WebexFault(403, "The room takes no messages from this person.");
};

const threadOf = (parts: Parts, room: Room, parentId: string | undefined): string | undefined => {
  if (parentId === undefined) return undefined;
  const parent = parts.spaces.messages.get(uuidOfId("MESSAGE", parentId));
  if (parent?.room !== room || parent.isDeleted)
    throw new WebexFault(400, "The parent message is not in the room.");
  if (parent.parentUuid !== undefined) throw new WebexFault(400, "A reply cannot be replied to.");
  return parent.uuid;
};

const posting = (parts: Parts): Operation =>
  operation({
    method: "POST",
    path: "/v1/messages",
    scopes: writers,
    body: MessageBody,
    handle: ({ caller, body, url }) => {
      const files = (body.files ?? []).map((file) => {
        if (typeof file === "string") throw gap("Files by address");
        return { ...file, state: parts.newFileState() };
      });
      if (body.text === undefined && body.markdown === undefined && files.length === 0)
        throw new WebexFault(
          400,
          body.attachments === undefined
            ? "A message needs text, markdown or a file."
            : "A message with a card needs text or markdown, for apps that cannot draw it.",
        );
      const person = actorOf(caller);
      const room = targetOf(parts, caller, body);
      requireMayPost(parts, caller, room);
      const parentUuid = threadOf(parts, room, body.parentId);
      const { text: plain, markdown } = body;
      const cards = body.attachments ?? [];
      const posted = parts.spaces.post(person, room, { text: plain, markdown, parentUuid, files, cards });
      return { body: messageBody(posted, url.origin) };
    },
  });

/** Bots read only what mentions them, except in a space of two. */
const isShownTo = (caller: Caller, message: Message): boolean =>
  caller.person?.type !== "bot" ||
  message.room.type === "direct" ||
  message.person.uuid === caller.uuid ||
  rendered(message).mentionedPeople.some((id) => uuidOfId("PEOPLE", id) === caller.uuid);

const instant = z.string().refine((given) => !Number.isNaN(Date.parse(given)), "is no date");

const listing = (parts: Parts): Operation =>
  operation({
    method: "GET",
    path: "/v1/messages",
    scopes: readers,
    query: {
      roomId: z.string(),
      parentId: z.string().optional(),
      mentionedPeople: z.string().optional(),
      before: instant.optional(),
      beforeMessage: z.string().optional(),
      ...paging(50),
    },
    handle: (call) => {
      const { query, caller } = call;
      const room = roomOf(parts, caller, query.roomId);
      const mentioned = query.mentionedPeople === "me" ? (caller.person?.id ?? "") : query.mentionedPeople;
      const newestFirst = [...parts.spaces.messages.values()]
        .filter((message) => message.room === room && (!message.isDeleted || caller.isOfficer))
        .reverse();
      const border = query.beforeMessage && uuidOfId("MESSAGE", query.beforeMessage);
      const from = border ? newestFirst.findIndex(({ uuid }) => uuid === border) + 1 : 0;
      const found = newestFirst
        .slice(from)
        .filter(
          (message) =>
            isShownTo(caller, message) &&
            (query.before === undefined || message.createdAt < Date.parse(query.before)) &&
            (query.parentId === undefined || message.parentUuid === uuidOfId("MESSAGE", query.parentId)) &&
            (mentioned === undefined || rendered(message).mentionedPeople.includes(mentioned)),
        );
      const { page, headers } = pageOf(call, found, (message) => message.uuid, sizeMax);
      return { headers, body: { items: page.map((message) => messageBody(message, call.url.origin)) } };
    },
  });

const idOf = (params: Readonly<Record<string, string>>): string =>
  uuidOfId("MESSAGE", params["messageId"] ?? "");

/** Messages: written, read, edited, deleted. */
export const messageOperations = (parts: Parts): Operation[] => [
  posting(parts),
  listing(parts),
  operation({
    method: "GET",
    path: "/v1/messages/:messageId",
    scopes: readers,
    handle: ({ caller, params, url }) => {
      const message = messageOf(parts, caller, idOf(params));
      if (!isShownTo(caller, message)) throw new WebexFault(404, "The requested message could not be found.");
      return { body: messageBody(message, url.origin) };
    },
  }),
  operation({
    method: "PUT",
    path: "/v1/messages/:messageId",
    scopes: writers,
    body: MessageChange,
    handle: ({ caller, params, body, url }) => {
      const message = messageOf(parts, caller, idOf(params));
      if (message.person.uuid !== caller.uuid)
        throw new WebexFault(403, "Only who wrote a message may edit it.");
      if (message.room.uuid !== uuidOfId("ROOM", body.roomId))
        throw new WebexFault(400, "The message is not in the room.");
      if (body.text === undefined && body.markdown === undefined)
        throw new WebexFault(400, "An edit needs text or markdown.");
      parts.spaces.edit(message, body.text, body.markdown);
      return { body: messageBody(message, url.origin) };
    },
  }),
  operation({
    method: "DELETE",
    path: "/v1/messages/:messageId",
    scopes: deleters,
    handle: ({ caller, params }) => {
      const message = messageOf(parts, caller, idOf(params));
      const isModerator = parts.spaces.membership(message.room.uuid, caller.uuid)?.isModerator ?? false;
      if (message.person.uuid !== caller.uuid && !isModerator && !caller.isOfficer)
        throw new WebexFault(403, "Only who wrote a message, or a moderator, may delete it.");
      parts.spaces.removeMessage(caller.uuid, message);
      return { status: 204 };
    },
  }),
];
