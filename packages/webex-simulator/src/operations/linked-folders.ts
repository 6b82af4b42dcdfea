import { z } from "zod";
import { WebexFault } from "../answers.ts";
import type { Parts } from "../parts.ts";
import { type FolderDescription, type LinkedFolder, linkedFolderBody } from "../spaces/linked-folders.ts";
import { uuidOfId } from "../webex-id.ts";
import { actorOf, ownRoomOf, requireModerator } from "./access.ts";
import { type Caller, type Operation, operation } from "./operation.ts";

const readers = ["spark:rooms_read", "spark:all"];
const writers = ["spark:rooms_write", "spark:all"];
const path = "/v1/room/linkedFolders";

/** What a folder is linked with. */
export const LinkedFolderBody = z.strictObject({
  roomId: z.string(),
  contentUrl: z.string(),
  displayName: z.string(),
  driveId: z.string(),
  itemId: z.string(),
  // Text, as the documentation has it.
  defaultFolder: z.enum(["true", "false"]),
});

const descriptionOf = (body: z.infer<typeof LinkedFolderBody>): FolderDescription => {
  const { roomId: _roomId, defaultFolder, ...rest } = body;
  return { ...rest, isDefault: defaultFolder === "true" };
};

const folderOf = (parts: Parts, caller: Caller, id: string | undefined): LinkedFolder => {
  const folder = parts.linkedFolders.byUuid(uuidOfId("LINKED_FOLDER", id ?? ""));
  if (!folder || !parts.spaces.membership(folder.room.uuid, caller.uuid))
    throw new WebexFault(404, "The requested linked folder could not be found.");
  return folder;
};

const reads = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path,
    scopes: readers,
    query: { roomId: z.string() },
    handle: ({ caller, query }) => {
      const room = ownRoomOf(parts, caller, query.roomId);
      return { body: { items: parts.linkedFolders.of(room).map(linkedFolderBody) } };
    },
  }),
  operation({
    method: "GET",
    path: `${path}/:id`,
    scopes: readers,
    handle: ({ caller, params }) => ({ body: linkedFolderBody(folderOf(parts, caller, params["id"])) }),
  }),
];

/** Folders of another cloud in a space; members link them, in a moderated space its moderators. */
export const linkedFolderOperations = (parts: Parts): Operation[] => [
  ...reads(parts),
  operation({
    method: "POST",
    path,
    scopes: writers,
    body: LinkedFolderBody,
    handle: ({ caller, body }) => {
      const room = ownRoomOf(parts, caller, body.roomId);
      requireModerator(parts, caller, room);
      const folder = parts.linkedFolders.add({
        ...descriptionOf(body),
        uuid: parts.newUuid("linked folder"),
        room,
        creator: actorOf(caller),
        createdAt: parts.clock.now(),
      });
      return { body: linkedFolderBody(folder) };
    },
  }),
  operation({
    method: "PUT",
    path: `${path}/:id`,
    scopes: writers,
    body: LinkedFolderBody,
    handle: ({ caller, params, body }) => {
      const folder = folderOf(parts, caller, params["id"]);
      if (uuidOfId("ROOM", body.roomId) !== folder.room.uuid)
        throw new WebexFault(400, "A linked folder cannot move to another room.");
      requireModerator(parts, caller, folder.room);
      return { body: linkedFolderBody(parts.linkedFolders.describe(folder, descriptionOf(body))) };
    },
  }),
  operation({
    method: "DELETE",
    path: `${path}/:id`,
    scopes: writers,
    handle: ({ caller, params }) => {
      const folder = folderOf(parts, caller, params["id"]);
      requireModerator(parts, caller, folder.room);
      parts.linkedFolders.remove(folder);
      return { status: 204 };
    },
  }),
];
