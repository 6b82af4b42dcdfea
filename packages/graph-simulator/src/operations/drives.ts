import { utcDateTime } from "../calendar/time-zones.ts";
import type { Drive, Drives, Folder } from "../drives/drives.ts";
import type { Group } from "../groups/group.ts";
import type { Groups } from "../groups/groups.ts";
import { GraphFault } from "../http/graph-fault.ts";
import { folderSchema } from "../schemas/group.ts";
import { readBody } from "../schemas/write-body.ts";
import { groupReaders } from "./group-shape.ts";
import { type Answer, type Call, nextPageToken, type Operation, pageOf } from "./operation.ts";

const siteReaders = ["Sites.Read.All", "Sites.ReadWrite.All", "Files.Read.All", "Files.ReadWrite.All"];
const siteWriters = ["Sites.ReadWrite.All", "Files.ReadWrite.All"];
const readers = [...siteReaders, ...groupReaders];
const writers = [...siteWriters, "Group.ReadWrite.All"];
const pageSizeDefault = 200;

const siteUrlOf = (group: Group): string =>
  `https://t${group.tenantId.slice(0, 8)}.sharepoint.com/sites/${group.mailNickname}`;

const libraryUrlOf = (group: Group): string => `${siteUrlOf(group)}/Shared%20Documents`;

const driveBody = (drive: Drive): object => ({
  id: drive.id,
  createdDateTime: utcDateTime(drive.group.siteAt ?? drive.group.createdAt),
  lastModifiedDateTime: utcDateTime(drive.group.siteAt ?? drive.group.createdAt),
  name: "Documents",
  description: "",
  webUrl: libraryUrlOf(drive.group),
  driveType: "documentLibrary",
});

const pathOf = (drive: Drive, folder: Folder): string => {
  const parent = folder.parentId === null ? undefined : drive.folders.get(folder.parentId);
  return `${parent === undefined ? "" : `${pathOf(drive, parent)}/`}${encodeURIComponent(folder.name)}`;
};

const itemBody = (drive: Drive, folder: Folder): object => ({
  id: folder.id,
  name: folder.name,
  createdDateTime: utcDateTime(folder.createdAt),
  lastModifiedDateTime: utcDateTime(folder.createdAt),
  webUrl: `${libraryUrlOf(drive.group)}/${pathOf(drive, folder)}`,
  size: 0,
  folder: {
    childCount: [...drive.folders.values()].filter(({ parentId }) => parentId === folder.id).length,
  },
  parentReference: {
    driveId: drive.id,
    driveType: "documentLibrary",
    id: folder.parentId ?? drive.rootId,
    path: `/drives/${drive.id}/root:`,
  },
});

const conflictOf = (body: unknown): "fail" | "rename" => {
  const given = (body as Readonly<Record<string, unknown>> | undefined)?.[
    "@microsoft.graph.conflictBehavior"
  ];
  return given === "rename" ? "rename" : "fail";
};

const read = { family: "tenant", method: "GET", roles: readers, query: ["$select"] } as const;

/** The sites of groups. */
const siteOperations = (groups: Groups, drives: Drives): Operation[] => {
  const ofGroup = (call: Call): Drive =>
    drives.ofGroup(groups.group(call.caller.tenantId, call.params["groupId"] ?? ""));
  const readSite = (call: Call): Answer => {
    const { group } = ofGroup(call);
    const url = siteUrlOf(group);
    return {
      status: 200,
      body: {
        id: `${new URL(url).hostname},${group.id},${group.tenantId}`,
        createdDateTime: utcDateTime(group.siteAt ?? group.createdAt),
        lastModifiedDateTime: utcDateTime(group.siteAt ?? group.createdAt),
        displayName: group.displayName,
        name: group.mailNickname,
        webUrl: url,
      },
    };
  };
  return [
    { ...read, path: "/groups/:groupId/sites/root", handle: readSite },
    {
      ...read,
      path: "/groups/:groupId/drive",
      handle: (call: Call): Answer => ({ status: 200, body: driveBody(ofGroup(call)) }),
    },
  ];
};

/** The folders of document libraries. */
const folderOperations = (drives: Drives): Operation[] => {
  const named = (call: Call): Drive => drives.drive(call.caller.tenantId, call.params["driveId"] ?? "");
  const parentOf = (call: Call, drive: Drive): string | null => {
    const id = call.params["itemId"];
    return id === undefined || id === drive.rootId ? null : drives.folder(drive, id).id;
  };
  const list = (call: Call): Answer => {
    const drive = named(call);
    const parent = parentOf(call, drive);
    const all = [...drive.folders.values()].filter(({ parentId }) => parentId === parent);
    const { page, next } = pageOf(all, call.query.$skiptoken, call.query.$top ?? pageSizeDefault);
    const link = next === null ? {} : { "@odata.nextLink": nextPageToken(call, next) };
    return { status: 200, body: { ...link, value: page.map((folder) => itemBody(drive, folder)) } };
  };
  const create = (call: Call): Answer => {
    const drive = named(call);
    const { name } = readBody(folderSchema, call.body, "microsoft.graph.driveItem");
    const folder = drives.create(drive, parentOf(call, drive), name, conflictOf(call.body));
    return { status: 201, body: itemBody(drive, folder) };
  };
  const byName = (call: Call): Answer => {
    const drive = named(call);
    const found = drives.byName(drive, null, call.params["name"] ?? "");
    if (!found) throw new GraphFault(404, "itemNotFound", "The resource could not be found.");
    return { status: 200, body: itemBody(drive, found) };
  };
  const byId = (call: Call): Answer => {
    const drive = named(call);
    return { status: 200, body: itemBody(drive, drives.folder(drive, call.params["itemId"] ?? "")) };
  };
  const write = { family: "tenant", method: "POST", roles: writers, query: [], handle: create } as const;
  const children = { ...read, query: ["$select", "$top", "$skiptoken"], handle: list } as const;
  return [
    { ...children, path: "/drives/:driveId/root/children" },
    { ...children, path: "/drives/:driveId/items/:itemId/children" },
    { ...write, path: "/drives/:driveId/root/children" },
    { ...write, path: "/drives/:driveId/items/:itemId/children" },
    { ...read, path: "/drives/:driveId/items/:itemId", handle: byId },
    { ...read, path: "/drives/:driveId/root::/:name", handle: byName },
  ];
};

/** The sites and document libraries of groups: folders alone, no files. */
export const driveOperations = (groups: Groups, drives: Drives): Operation[] => [
  ...siteOperations(groups, drives),
  ...folderOperations(drives),
];
