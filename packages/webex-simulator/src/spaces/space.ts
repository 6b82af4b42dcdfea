import type { SimulatedPerson } from "../organization.ts";

/** A team. Its General room has the same UUID. */
export interface Team {
  readonly uuid: string;
  name: string;
  description: string | undefined;
  readonly creator: SimulatedPerson;
  readonly createdAt: number;
}

/** A space, of two people or of a group. */
export interface Room {
  readonly uuid: string;
  readonly type: "direct" | "group";
  title: string;
  description: string | undefined;
  readonly teamUuid: string | undefined;
  readonly creator: SimulatedPerson;
  /** The organisation that owns the space: its creator's. */
  readonly ownerOrg: string;
  readonly createdAt: number;
  lastActivityAt: number;
  isLocked: boolean;
  isAnnouncementOnly: boolean;
  isReadOnly: boolean;
  /** Where it lives; its id says so, and changes when it migrates. */
  cluster: string;
  /** Whether what is encrypted in it cannot be read just now: lists carry `errors` with kms_failure. */
  isUnreadable: boolean;
}

/** A person in a space; in a General room it is the membership of the team as well. */
export interface Membership {
  readonly room: Room;
  readonly person: SimulatedPerson;
  isModerator: boolean;
  isRoomHidden: boolean;
  readonly createdAt: number;
}

/** How far the scan of a file has come, and what came of it. */
export type FileState = "scanning" | "clean" | "infected" | "unscannable" | "expired";

/** A file of a message. */
export interface StoredFile {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Buffer;
  state: FileState;
}

/** What somebody writes. */
export interface NewMessage {
  readonly text?: string | undefined;
  readonly markdown?: string | undefined;
  /** UUID of the first message of the thread. */
  readonly parentUuid?: string | undefined;
  readonly files?: readonly StoredFile[];
  readonly cards?: readonly Card[];
}

/** A card of a message, as it was written. */
export interface Card {
  readonly contentType: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A message; one that was deleted stays for compliance officers. */
export interface Message {
  readonly uuid: string;
  readonly room: Room;
  readonly person: SimulatedPerson;
  readonly parentUuid: string | undefined;
  readonly files: readonly StoredFile[];
  readonly cards: readonly Card[];
  text: string | undefined;
  markdown: string | undefined;
  readonly createdAt: number;
  updatedAt: number | undefined;
  edits: number;
  isDeleted: boolean;
}

/** Something that happened; events and webhooks are made of it. */
export type Change = {
  readonly type: "created" | "updated" | "deleted" | "migrated";
  readonly actorUuid: string;
  readonly at: number;
  readonly room: Room;
  /** As it was right after the change. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Whose spaces the change is seen in, besides the owner's organisation. */
  readonly memberUuids: readonly string[];
  readonly resource: "rooms" | "memberships" | "messages";
};
