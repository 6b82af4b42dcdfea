import { z } from "zod";
import type { Mailboxes } from "../calendar/mailboxes.ts";
import type { Group } from "../groups/group.ts";
import type { Groups } from "../groups/groups.ts";
import { badRequest } from "../http/graph-fault.ts";
import {
  groupWriters,
  idOfReference,
  memberReaders,
  memberWriters,
  shownInnerGroup,
  shownUser,
} from "./group-shape.ts";
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

interface Ports {
  readonly groups: Groups;
  readonly mailboxes: Mailboxes;
}

const named = (groups: Groups, call: Call): Group =>
  groups.group(call.caller.tenantId, call.params["groupId"] ?? "");

/** Who is in a group, directly or through others, or owns it. */
const reading = (
  { groups, mailboxes }: Ports,
  what: "members" | "owners" | "transitiveMembers",
): Operation => ({
  family: "tenant",
  identity: "read",
  method: "GET",
  path: `/groups/:groupId/${what}`,
  roles: memberReaders,
  query: ["$select", "$top", "$skiptoken"],
  handle: (call: Call): Answer => {
    const group = named(groups, call);
    const direct = { users: group[what === "owners" ? "owners" : "members"], groups: group.groups };
    const { users, groups: inner } =
      what === "transitiveMembers"
        ? groups.throughout(group)
        : { ...direct, groups: what === "owners" ? [] : [...direct.groups].map((id) => groups.get(id)) };
    const all = [
      ...[...users].flatMap((id) => shownUser(mailboxes, call, id) ?? []),
      ...[...inner].map((one) => shownInnerGroup(one, call)),
    ];
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
});

/** Who is in a group, and who owns it. */
export const groupMemberOperations = (groups: Groups, mailboxes: Mailboxes): Operation[] => {
  const ports = { groups, mailboxes };
  const ofKind = (what: "members" | "owners"): Operation[] => {
    const write = {
      family: "tenant",
      identity: "write",
      query: [],
      roles: what === "members" ? memberWriters : groupWriters,
    } as const;
    return [
      reading(ports, what),
      {
        ...write,
        method: "POST",
        path: `/groups/:groupId/${what}/$ref`,
        handle: (call: Call): Answer => {
          groups.add(named(groups, call), what, [readReference(call.body)]);
          return { status: 204 };
        },
      },
      {
        ...write,
        method: "DELETE",
        path: `/groups/:groupId/${what}/:objectId/$ref`,
        handle: (call: Call): Answer => {
          groups.remove(named(groups, call), what, call.params["objectId"] ?? "");
          return { status: 204 };
        },
      },
    ];
  };
  return [...ofKind("members"), ...ofKind("owners"), reading(ports, "transitiveMembers")];
};
