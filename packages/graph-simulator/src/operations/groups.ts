import type { z } from "zod";
import type { Group } from "../groups/group.ts";
import type { Groups, NewGroup } from "../groups/groups.ts";
import { badRequest, notSimulated } from "../http/graph-fault.ts";
import { readFilter } from "../odata/filter.ts";
import { groupChangeSchema, groupCreationSchema, namesSchema } from "../schemas/group.ts";
import { readBody } from "../schemas/write-body.ts";
import { groupProperties, groupReaders, groupWriters, idOfReference, shownGroup } from "./group-shape.ts";
import { type Answer, type Call, nextPageToken, type Operation, pageOf } from "./operation.ts";

const typeName = "microsoft.graph.group";
const pageSizeDefault = 100;
const readOnly = new Set(["id", "createdDateTime", "mail", "proxyAddresses", "deletedDateTime"]);
const changeGaps = new Set([
  "allowExternalSenders",
  "autoSubscribeNewMembers",
  "hideFromAddressLists",
  "hideFromOutlookClients",
  "isSubscribedByMail",
  "unseenCount",
]);

type Creation = z.infer<typeof groupCreationSchema>;

const newGroupOf = (given: Creation, uniqueName: string | null): NewGroup => {
  if (!given.groupTypes.includes("Unified") || !given.mailEnabled)
    throw notSimulated("groups that are no Microsoft 365 groups");
  return {
    uniqueName: uniqueName ?? given.uniqueName ?? null,
    displayName: given.displayName,
    description: given.description ?? null,
    mailNickname: given.mailNickname,
    visibility: given.visibility ?? "Public",
    behaviours: given.resourceBehaviorOptions ?? [],
    owners: (given["owners@odata.bind"] ?? []).map(idOfReference),
    members: (given["members@odata.bind"] ?? []).map(idOfReference),
  };
};

const oneGroup = (call: Call, group: Group, status: number): Answer => ({
  status,
  body: {
    "@odata.context": `${call.graphUrl}/$metadata#groups/$entity`,
    ...shownGroup(group, call.query.$select),
  },
});

const create = (groups: Groups, call: Call, uniqueName: string | null): Answer => {
  const given = readBody(groupCreationSchema, call.body, typeName, { readOnly });
  return oneGroup(call, groups.create(call.caller.tenantId, newGroupOf(given, uniqueName)), 201);
};

const update = (groups: Groups, call: Call, group: Group): Answer => {
  const known = new Set([...readOnly, "mailEnabled", "securityEnabled", "groupTypes", "uniqueName"]);
  const given = readBody(groupChangeSchema, call.body, typeName, {
    readOnly: new Set([...known, "resourceBehaviorOptions"]),
    gaps: changeGaps,
  });
  const { displayName, description, visibility } = given;
  const members = (given["members@odata.bind"] ?? []).map(idOfReference);
  const owners = (given["owners@odata.bind"] ?? []).map(idOfReference);
  if (members.length > 0) groups.add(group, "members", members);
  if (owners.length > 0) groups.add(group, "owners", owners);
  const changed = {
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(visibility === undefined || visibility === null ? {} : { visibility }),
  };
  if (Object.keys(changed).length > 0) groups.update(group, changed);
  return { status: 204 };
};

/** An update, and a creation where the address names a unique name that no group has. */
const upsert = (groups: Groups, call: Call): Answer => {
  const { tenantId } = call.caller;
  const named = call.params["groupId"] ?? "";
  const isId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(named);
  if (!isId && call.prefer.createIfMissing && !groups.find(tenantId, named))
    return create(groups, call, named);
  return update(groups, call, groups.group(tenantId, named));
};

const list = (groups: Groups, call: Call): Answer => {
  const all = groups.ofTenant(call.caller.tenantId).filter(({ visibleAt }) => groups.now() >= visibleAt);
  const { $filter } = call.query;
  const kept =
    $filter === undefined
      ? all
      : all.filter((group) =>
          readFilter($filter, {
            typeName,
            properties: Object.keys(groupProperties(group)),
            ignoreCase: true,
          }).keeps(groupProperties(group)),
        );
  const { page, next } = pageOf(kept, call.query.$skiptoken, call.query.$top ?? pageSizeDefault);
  return {
    status: 200,
    body: {
      "@odata.context": `${call.graphUrl}/$metadata#groups`,
      ...(next === null ? {} : { "@odata.nextLink": nextPageToken(call, next) }),
      value: page.map((group) => shownGroup(group, call.query.$select)),
    },
  };
};

const validate = (groups: Groups, call: Call, existing: Group | null): Answer => {
  const names = readBody(namesSchema, call.body, "the parameters");
  const { entityType, displayName, mailNickname } = names;
  if (existing === null && (entityType ?? "Group").toLowerCase() !== "group")
    throw badRequest(`'${entityType}' cannot be validated.`);
  if ((displayName ?? mailNickname ?? null) === null)
    throw badRequest("At least one of displayName and mailNickname is needed.");
  groups.validateNames(call.caller.tenantId, { displayName, mailNickname }, existing);
  return { status: 204 };
};

/** Microsoft 365 groups themselves. */
export const groupOperations = (groups: Groups): Operation[] => {
  const write = { family: "tenant", roles: groupWriters, query: [], identity: "write" } as const;
  const read = { family: "tenant", roles: groupReaders, identity: "read", method: "GET" } as const;
  const named = (call: Call): Group => groups.group(call.caller.tenantId, call.params["groupId"] ?? "");
  return [
    {
      ...read,
      path: "/groups",
      query: ["$select", "$filter", "$top", "$skiptoken"],
      handle: (call: Call) => list(groups, call),
    },
    {
      ...write,
      method: "POST",
      path: "/groups",
      handle: (call: Call) => create(groups, call, null),
    },
    {
      ...read,
      path: "/groups/:groupId",
      query: ["$select"],
      handle: (call: Call) => oneGroup(call, named(call), 200),
    },
    { ...write, method: "PATCH", path: "/groups/:groupId", handle: (call: Call) => upsert(groups, call) },
    {
      ...write,
      method: "DELETE",
      path: "/groups/:groupId",
      handle: (call: Call): Answer => {
        groups.delete(named(call));
        return { status: 204 };
      },
    },
    {
      ...write,
      roles: groupReaders,
      method: "POST",
      path: "/directoryObjects/validateProperties",
      handle: (call: Call) => validate(groups, call, null),
    },
    {
      ...write,
      roles: groupReaders,
      method: "POST",
      path: "/groups/:groupId/validateProperties",
      handle: (call: Call) => validate(groups, call, named(call)),
    },
  ];
};
