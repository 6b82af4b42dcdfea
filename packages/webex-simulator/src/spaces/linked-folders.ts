import type { SimulatedPerson } from "../organization.ts";
import { webexIdText } from "../webex-id.ts";
import { roomId } from "./bodies.ts";
import type { Room } from "./space.ts";

/** A folder of another cloud that is linked to a space; nothing of it is checked. */
export interface LinkedFolder {
  readonly uuid: string;
  readonly room: Room;
  readonly creator: SimulatedPerson;
  readonly createdAt: number;
  driveId: string;
  itemId: string;
  contentUrl: string;
  displayName: string;
  isDefault: boolean;
}

/** What of a folder may be said. */
export type FolderDescription = Pick<
  LinkedFolder,
  "driveId" | "itemId" | "contentUrl" | "displayName" | "isDefault"
>;

/** The folders of all spaces; a space has one default at most. */
export class LinkedFolders {
  readonly #all = new Map<string, LinkedFolder>();

  /** Links a folder. */
  add(folder: LinkedFolder): LinkedFolder {
    this.#all.set(folder.uuid, folder);
    return this.describe(folder, folder);
  }

  /** Replaces what is said of a folder; a new default takes the place of the old one. */
  describe(folder: LinkedFolder, description: FolderDescription): LinkedFolder {
    const { driveId, itemId, contentUrl, displayName, isDefault } = description;
    if (isDefault) for (const other of this.of(folder.room)) other.isDefault = false;
    return Object.assign(folder, { driveId, itemId, contentUrl, displayName, isDefault });
  }

  /** Takes the link away. */
  remove(folder: LinkedFolder): void {
    this.#all.delete(folder.uuid);
  }

  /** The folders of a space, in the order in which they were linked. */
  of(room: Room): readonly LinkedFolder[] {
    return [...this.#all.values()].filter((folder) => folder.room.uuid === room.uuid);
  }

  /** A folder by its UUID. */
  byUuid(uuid: string): LinkedFolder | undefined {
    return this.#all.get(uuid);
  }
}

/** The folder as GET /room/linkedFolders shows it. */
export const linkedFolderBody = (folder: LinkedFolder): Record<string, unknown> => ({
  id: webexIdText("LINKED_FOLDER", folder.uuid),
  roomId: roomId(folder.room),
  roomType: folder.room.type,
  driveId: folder.driveId,
  itemId: folder.itemId,
  defaultFolder: String(folder.isDefault),
  displayName: folder.displayName,
  contentUrl: folder.contentUrl,
  creatorId: folder.creator.id,
  created: new Date(folder.createdAt).toISOString(),
});
