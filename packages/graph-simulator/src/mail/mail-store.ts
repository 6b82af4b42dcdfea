import { createHash } from "node:crypto";
import type { Mailbox } from "../calendar/mailbox.ts";
import { badRequest, GraphFault, itemNotFound } from "../http/graph-fault.ts";
import type { StoredFolder, StoredMessage } from "./stored-message.ts";

/** Folders that every mailbox has from the start, by well-known name. */
const wellKnown = [
  ["inbox", "Inbox"],
  ["drafts", "Drafts"],
  ["sentitems", "Sent Items"],
  ["deleteditems", "Deleted Items"],
  ["archive", "Archive"],
  ["junkemail", "Junk Email"],
  ["outbox", "Outbox"],
] as const;

const rootName = "msgfolderroot";

const folderIdOf = (mailbox: Mailbox, what: string): string => {
  const digest = createHash("sha256").update(`folder ${mailbox.spec.userId} ${what}`).digest("base64url");
  return `AAMkF${digest.slice(0, 40)}AAA=`;
};

/** One change of a message, which delta rounds read. */
export interface MessageChange {
  readonly id: string;
  readonly immutableId: string;
  readonly folderId: string;
}

/** The mail of one mailbox: folders, messages, and what happened to them. */
export class MailStore {
  readonly mailbox: Mailbox;
  readonly changes: MessageChange[] = [];
  readonly #folders = new Map<string, StoredFolder>();
  readonly #messages = new Map<string, StoredMessage>();
  readonly #byAnyId = new Map<string, string>();
  #foldersMade = 0;

  constructor(mailbox: Mailbox) {
    this.mailbox = mailbox;
    const rootId = folderIdOf(mailbox, rootName);
    const root = { id: rootId, parentId: rootId, displayName: "Top of Information Store", isHidden: false };
    this.#folders.set(rootId, { ...root, wellKnownName: rootName });
    for (const [wellKnownName, displayName] of wellKnown) {
      const id = folderIdOf(mailbox, wellKnownName);
      this.#folders.set(id, { id, parentId: rootId, displayName, isHidden: false, wellKnownName });
    }
  }

  /** The folder that a request names by id or well-known name. Throws Graph's 404. */
  folder(named: string): StoredFolder {
    const folder =
      this.#folders.get(named) ??
      [...this.#folders.values()].find(({ wellKnownName }) => wellKnownName === named.toLowerCase());
    if (folder) return folder;
    throw itemNotFound();
  }

  /** The folders right below one, in the order in which they were made. */
  childrenOf(parentId: string): readonly StoredFolder[] {
    return [...this.#folders.values()].filter(
      (folder) => folder.parentId === parentId && folder.id !== parentId,
    );
  }

  /** Throws 409 ErrorFolderExists for a name that the parent has, in any case. */
  createFolder(parent: StoredFolder, displayName: string, isHidden: boolean): StoredFolder {
    this.#checkName(parent.id, displayName);
    const id = folderIdOf(this.mailbox, `own ${++this.#foldersMade}`);
    const folder = { id, parentId: parent.id, displayName, isHidden, wellKnownName: null };
    this.#folders.set(id, folder);
    return folder;
  }

  /** Throws 400 for a folder that the mailbox must have, 409 for a name that is taken. */
  renameFolder(folder: StoredFolder, displayName: string): StoredFolder {
    this.#checkOwn(folder);
    if (displayName.toLowerCase() !== folder.displayName.toLowerCase())
      this.#checkName(folder.parentId, displayName);
    const renamed = { ...folder, displayName };
    this.#folders.set(folder.id, renamed);
    return renamed;
  }

  /** Removes a folder with all that is in it. Throws 400 for a folder that the mailbox must have. */
  removeFolder(folder: StoredFolder): void {
    this.#checkOwn(folder);
    for (const child of this.childrenOf(folder.id)) this.removeFolder(child);
    for (const message of this.messagesIn(folder.id)) this.remove(message);
    this.#folders.delete(folder.id);
  }

  /** Every message, oldest first. */
  messages(): readonly StoredMessage[] {
    return [...this.#messages.values()];
  }

  messagesIn(folderId: string): readonly StoredMessage[] {
    return this.messages().filter((message) => message.folderId === folderId);
  }

  /** The message with this id in either form. Throws Graph's 404. */
  message(anyId: string): StoredMessage {
    const message = this.#messages.get(this.#byAnyId.get(anyId) ?? "");
    if (message) return message;
    throw itemNotFound();
  }

  /** Stores a message in place of its former version. */
  put(message: StoredMessage): void {
    const former = this.#messages.get(message.id);
    if (former && former.folderId !== message.folderId) this.#log(former);
    this.#messages.set(message.id, message);
    this.#byAnyId.set(message.id, message.id).set(message.immutableId, message.id);
    this.#log(message);
  }

  remove(message: StoredMessage): void {
    this.#messages.delete(message.id);
    this.#byAnyId.delete(message.id);
    this.#byAnyId.delete(message.immutableId);
    this.#log(message);
  }

  #log({ id, immutableId, folderId }: StoredMessage): void {
    this.changes.push({ id, immutableId, folderId });
  }

  #checkName(parentId: string, displayName: string): void {
    if (
      this.childrenOf(parentId).some((each) => each.displayName.toLowerCase() === displayName.toLowerCase())
    )
      throw new GraphFault(409, "ErrorFolderExists", "A folder with the specified name already exists.");
  }

  #checkOwn(folder: StoredFolder): void {
    if (folder.wellKnownName !== null)
      throw badRequest("Distinguished folders cannot be changed.", "ErrorDeleteDistinguishedFolder");
  }
}

/** The mail of every mailbox, made when it is first asked for. */
export class MailStores {
  readonly #stores = new WeakMap<Mailbox, MailStore>();

  of(mailbox: Mailbox): MailStore {
    const store = this.#stores.get(mailbox) ?? new MailStore(mailbox);
    this.#stores.set(mailbox, store);
    return store;
  }
}
