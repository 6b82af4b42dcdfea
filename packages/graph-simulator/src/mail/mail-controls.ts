import type { MailTruth, MailUserActions } from "../api.ts";
import type { Parts } from "../parts.ts";
import type { MailStore } from "./mail-store.ts";
import type { StoredFolder, StoredMessage } from "./stored-message.ts";

const pathOf = (store: MailStore, folder: StoredFolder): string => {
  const parent = store.folder(folder.parentId);
  return parent.parentId === parent.id
    ? folder.displayName
    : `${pathOf(store, parent)}/${folder.displayName}`;
};

const truthOf = (store: MailStore, message: StoredMessage): MailTruth => ({
  id: message.id,
  immutableId: message.immutableId,
  folder: pathOf(store, store.folder(message.folderId)),
  subject: message.subject,
  body: message.body,
  from: message.from,
  to: message.toRecipients,
  isDraft: message.isDraft,
  isRead: message.isRead,
  sentAt: message.sentAt,
  receivedAt: message.receivedAt,
  createdAt: message.createdAt,
  internetMessageId: message.internetMessageId,
  extendedProperties: Object.fromEntries(
    [...message.extendedProperties].map(([key, { value }]) => [key, value]),
  ),
  attachments: message.attachments.map(({ name, contentType, isInline, contentId, contentBytes, size }) => ({
    name,
    contentType,
    isInline,
    contentId,
    contentBytes,
    size,
  })),
});

/** What a person does with their mail, and what a test may look at. */
export const mailActions = ({ mailboxes, mail }: Parts): MailUserActions => {
  const storeOf = (userId: string): MailStore => mail.stores.of(mailboxes.get(userId));
  const folderAt = (store: MailStore, path: string): StoredFolder => {
    let folder = store.folder("msgfolderroot");
    for (const name of path.split("/")) {
      const next = store.childrenOf(folder.id).find(({ displayName }) => displayName === name);
      if (!next) throw new RangeError(`the mailbox has no folder ${path}`);
      folder = next;
    }
    return folder;
  };
  const foldersBelow = (store: MailStore, folder: StoredFolder): readonly string[] =>
    store.childrenOf(folder.id).flatMap((child) => [pathOf(store, child), ...foldersBelow(store, child)]);
  return {
    listMail: (userId) => {
      const store = storeOf(userId);
      return store.messages().map((message) => truthOf(store, message));
    },
    listMailFolders: (userId) => foldersBelow(storeOf(userId), storeOf(userId).folder("msgfolderroot")),
    deleteMail: (userId, messageId) => storeOf(userId).remove(storeOf(userId).message(messageId)),
    deleteMailFolder: (userId, path) => storeOf(userId).removeFolder(folderAt(storeOf(userId), path)),
    renameMailFolder: (userId, path, displayName) =>
      void storeOf(userId).renameFolder(folderAt(storeOf(userId), path), displayName),
  };
};
