import { z } from "zod";
import type { Mailboxes } from "../calendar/mailboxes.ts";
import type { Group } from "../groups/group.ts";
import type { Groups } from "../groups/groups.ts";
import { badRequest } from "../http/graph-fault.ts";
import { groupWriters, idOfReference, memberReaders, memberWriters, shownUser } from "./group-shape.ts";
import { type Answer, type Call, nextPageToken, type Operation, pageOf } from "./operation.ts";

const pageSizeDefault = 100;
const topMax = 999;

/** `@odata.id` is all that such a body holds, so it is read before annotations are dropped. */
const reference = z.strictObject({ "@odata.id": z.string().min(1) });

const readReference = (body: unknown): string => {
  const read = reference.safeParse(body);
  if (!read.success) throw badRequest("A reference needs '@odata.id' alone.", "Request_BadRequest");
  return idOfReference(read.data["@odata.id"]);
};

/** Who is in a group, and who owns it. */
export const groupMemberOperations = (groups: Groups, mailboxes: Mailboxes): Operation[] => {
  const named = (call: Call): Group => groups.group(call.caller.tenantId, call.params["groupId"] ?? "");
  const ofKind = (what: "members" | "owners"): Operation[] => {
    const write = {
      family: "tenant",
      identity: "write",
      query: [],
      roles: what === "members" ? memberWriters : groupWriters,
    } as const;
    return [
      {
        family: "tenant",
        identity: "read",
        method: "GET",
        path: `/groups/:groupId/${what}`,
        roles: memberReaders,
        query: ["$select", "$top", "$skiptoken"],
        handle: (call: Call): Answer => {
          const all = [...named(call)[what]].flatMap((id) => shownUser(mailboxes, call, id) ?? []);
          const size = Math.min(call.query.$top ?? pageSizeDefault, topMax);
          const { page, next } = pageOf(all, call.query.$skiptoken, size);
          return {
            status: 200,
            body: {
              "@odata.context": `${call.graphUrl}/$metadata#directoryObjects`,
              ...(next === null ? {} : { "@odata.nextLink": nextPageToken(call, next) }),
              value: page,
            },
          };
        },
      },
      {
        ...write,
        method: "POST",
        path: `/groups/:groupId/${what}/$ref`,
        handle: (call: Call): Answer => {
          groups.add(named(call), what, [readReference(call.body)]);
          return { status: 204 };
        },
      },
      {
        ...write,
        method: "DELETE",
        path: `/groups/:groupId/${what}/:objectId/$ref`,
        handle: (call: Call): Answer => {
          groups.remove(named(call), what, call.params["objectId"] ?? "");
          return { status: 204 };
        },
      },
    ];
  };
  return [...ofKind("members"), ...ofKind("owners")];
};
