import { z } from "zod";
import { badRequest, notSimulated } from "../http/graph-fault.ts";
import type { MailStore, MailStores } from "../mail/mail-store.ts";
import { renderFolder } from "../mail/message-render.ts";
import type { StoredFolder } from "../mail/stored-message.ts";
import { readFilter } from "../odata/filter.ts";
import { readBody } from "../schemas/write-body.ts";
import { mailContext, mailReaders, mailWriters } from "./mail-access.ts";
import { type Answer, type MailboxCall, nextPage, type Operation } from "./operation.ts";

const typeName = "microsoft.graph.mailFolder";
const readOnly = new Set([
  "childFolderCount",
  "id",
  "parentFolderId",
  "sizeInBytes",
  "totalItemCount",
  "unreadItemCount",
]);
const gaps = new Set([
  "childFolders",
  "messageRules",
  "messages",
  "multiValueExtendedProperties",
  "singleValueExtendedProperties",
]);
const pageSizeDefault = 10;

const createSchema = z.strictObject({ displayName: z.string().min(1), isHidden: z.boolean().nullish() });
const updateSchema = z.strictObject({ displayName: z.string().min(1).optional() });

const shown = (store: MailStore, folder: StoredFolder): Record<string, unknown> =>
  renderFolder(folder, {
    children: store.childrenOf(folder.id).length,
    messages: store.messagesIn(folder.id),
  });

const one = (call: MailboxCall, shownFolder: Record<string, unknown>, status: number): Answer => ({
  status,
  body: { "@odata.context": mailContext(call, "mailFolders/$entity"), ...shownFolder },
});

const page = (call: MailboxCall, store: MailStore, parent: StoredFolder): Answer => {
  const { $filter, $skip = 0, $top = pageSizeDefault, $count } = call.query;
  const scope = {
    typeName,
    properties: ["displayName", "id", "isHidden", "totalItemCount"],
    ignoreCase: true,
  };
  const keeps = $filter === undefined ? () => true : readFilter($filter, scope).keeps;
  const folders = store
    .childrenOf(parent.id)
    .filter(({ isHidden }) => !isHidden)
    .map((folder) => shown(store, folder))
    .filter(keeps);
  return {
    status: 200,
    body: {
      "@odata.context": mailContext(call, "mailFolders"),
      ...($count ? { "@odata.count": folders.length } : {}),
      value: folders.slice($skip, $skip + $top),
      ...(folders.length > $skip + $top ? { "@odata.nextLink": nextPage(call, $skip + $top) } : {}),
    },
  };
};

/** Folders of mail: list, create, read, rename and remove, at the top and below one another. */
export const mailFolderOperations = (stores: MailStores): Operation[] => {
  const family = "mailbox" as const;
  const named = (call: MailboxCall): StoredFolder => {
    const name = call.params["folderId"] ?? "";
    // The name of a function of Graph stands where an id does.
    if (name.toLowerCase() === "delta")
      throw notSimulated("the changes of mail folders ('mailFolders/delta')");
    return stores.of(call.mailbox).folder(name);
  };
  const list = (parentOf: (call: MailboxCall) => StoredFolder) => (call: MailboxCall) =>
    page(call, stores.of(call.mailbox), parentOf(call));
  const create =
    (parentOf: (call: MailboxCall) => StoredFolder) =>
    (call: MailboxCall): Answer => {
      const store = stores.of(call.mailbox);
      const { displayName, isHidden } = readBody(createSchema, call.body, typeName, { readOnly, gaps });
      return one(call, shown(store, store.createFolder(parentOf(call), displayName, isHidden ?? false)), 201);
    };
  const update = (call: MailboxCall): Answer => {
    const store = stores.of(call.mailbox);
    const { displayName } = readBody(updateSchema, call.body, typeName, { readOnly, gaps });
    if (displayName === undefined) throw badRequest("The update holds no property that can be changed.");
    return one(call, shown(store, store.renameFolder(named(call), displayName)), 200);
  };
  const read = (call: MailboxCall) => one(call, shown(stores.of(call.mailbox), named(call)), 200);
  const remove = (call: MailboxCall): Answer => {
    stores.of(call.mailbox).removeFolder(named(call));
    return { status: 204 };
  };
  const top = (call: MailboxCall): StoredFolder => stores.of(call.mailbox).folder("msgfolderroot");
  const query = ["$filter", "$skip", "$top", "$count"] as const;
  const folders = "/users/:userId/mailFolders";
  const folder = `${folders}/:folderId`;
  const children = `${folder}/childFolders`;
  return [
    { family, method: "GET", path: folders, roles: mailReaders, query, handle: list(top) },
    { family, method: "POST", path: folders, roles: mailWriters, query: [], handle: create(top) },
    { family, method: "GET", path: folder, roles: mailReaders, query: [], handle: read },
    { family, method: "PATCH", path: folder, roles: mailWriters, query: [], handle: update },
    { family, method: "DELETE", path: folder, roles: mailWriters, query: [], handle: remove },
    { family, method: "GET", path: children, roles: mailReaders, query, handle: list(named) },
    { family, method: "POST", path: children, roles: mailWriters, query: [], handle: create(named) },
  ];
};
