import type { Groups } from "../groups/groups.ts";
import { groupReaders, groupWriters, shownGroup } from "./group-shape.ts";
import { type Answer, type Call, nextPageToken, type Operation, pageOf } from "./operation.ts";

const pageSizeDefault = 100;

/** Deleted groups, and their restoration. */
export const deletedGroupOperations = (groups: Groups): Operation[] => {
  const read = {
    family: "tenant",
    method: "GET",
    roles: groupReaders,
    identity: "read",
    query: ["$select"],
  } as const;
  const found = (call: Call) => groups.deleted(call.caller.tenantId, call.params["objectId"] ?? "");
  const shown = (call: Call, group: ReturnType<typeof found>): Answer => ({
    status: 200,
    body: {
      "@odata.context": `${call.graphUrl}/$metadata#directoryObjects/$entity`,
      "@odata.type": "#microsoft.graph.group",
      ...shownGroup(group, call.query.$select),
    },
  });
  return [
    {
      ...read,
      query: ["$select", "$top", "$skiptoken"],
      // The address has the type's name with its namespace, which every spelling loses.
      path: "/directory/deletedItems/group",
      handle: (call: Call): Answer => {
        const all = groups.deletedOf(call.caller.tenantId);
        const { page, next } = pageOf(all, call.query.$skiptoken, call.query.$top ?? pageSizeDefault);
        return {
          status: 200,
          body: {
            "@odata.context": `${call.graphUrl}/$metadata#groups`,
            ...(next === null ? {} : { "@odata.nextLink": nextPageToken(call, next) }),
            value: page.map((group) => shownGroup(group, call.query.$select)),
          },
        };
      },
    },
    {
      ...read,
      path: "/directory/deletedItems/:objectId",
      handle: (call: Call) => shown(call, found(call)),
    },
    {
      family: "tenant",
      method: "POST",
      roles: groupWriters,
      identity: "write",
      query: [],
      path: "/directory/deletedItems/:objectId/restore",
      handle: (call: Call): Answer => {
        const group = found(call);
        groups.restore(group);
        return shown(call, group);
      },
    },
  ];
};
