import { readSelect } from "../calendar/event-additions.ts";
import type { Mailbox } from "../calendar/mailbox.ts";
import type { Mailboxes } from "../calendar/mailboxes.ts";
import type { DirectoryChanges } from "../directory/directory-changes.ts";
import { userDefaultNames, userGaps, userProperties } from "../directory/user-profile.ts";
import { badRequest, notSimulated } from "../http/graph-fault.ts";
import { readFilter } from "../odata/filter.ts";
import {
  type Answer,
  type Call,
  type MailboxCall,
  nextPageToken,
  type Operation,
  pageOf,
} from "./operation.ts";
import { pick } from "./properties.ts";

const userReaders = ["User.Read.All", "User.ReadWrite.All", "User.ReadBasic.All", "Directory.Read.All"];
const userType = { typeName: "microsoft.graph.user", gaps: userGaps };
const pageSizeDefault = 100;
const topMax = 999;

/** What the user operations need. */
export interface UserPorts {
  readonly mailboxes: Mailboxes;
  readonly changes: DirectoryChanges;
}

const shown = (mailbox: Mailbox, select: string | undefined): object =>
  pick(userProperties(mailbox), readSelect(select) ?? userDefaultNames, userType);

const readUser = (call: MailboxCall): Answer => ({
  status: 200,
  body: {
    "@odata.context": `${call.graphUrl}/$metadata#users/$entity`,
    ...shown(call.mailbox, call.query.$select),
  },
});

/** The directory does some things only when the caller accepts answers that lag behind. */
const checkAdvanced = (call: Call, what: string): void => {
  if (call.isEventual && call.query.$count === true) return;
  throw badRequest(
    `${what} is only supported when $count=true and the header ConsistencyLevel: eventual are given.`,
    "Request_UnsupportedQuery",
  );
};

const filtered = (call: Call, { mailboxes }: UserPorts): Mailbox[] => {
  const all = mailboxes.ofTenant(call.caller.tenantId);
  if (call.query.$filter === undefined) return all;
  const properties = [...new Set(all.flatMap((mailbox) => Object.keys(userProperties(mailbox))))];
  const names = properties.length > 0 ? properties : userDefaultNames;
  const filter = readFilter(call.query.$filter, { ...userType, properties: names, ignoreCase: true });
  if (filter.isAdvanced) checkAdvanced(call, "This operator in $filter");
  return all.filter((mailbox) => filter.keeps(userProperties(mailbox)));
};

const ordered = (call: Call, users: Mailbox[]): Mailbox[] => {
  const { $orderby, $filter } = call.query;
  if ($orderby === undefined) return users;
  const [name = "", direction = "asc", ...rest] = $orderby.trim().split(/\s+/);
  const sign = { asc: 1, desc: -1 }[direction.toLowerCase()];
  if (sign === undefined || rest.length > 0) throw badRequest(`Syntax error in '$orderby': '${$orderby}'.`);
  const key = ["displayName", "userPrincipalName", "createdDateTime"].find(
    (known) => known.toLowerCase() === name.toLowerCase(),
  );
  if (key === undefined) throw notSimulated(`'$orderby=${$orderby}' of users`);
  if ($filter !== undefined) checkAdvanced(call, "$orderby together with $filter");
  const textOf = (mailbox: Mailbox): string => String(userProperties(mailbox)[key]).toLowerCase();
  return users.sort((a, b) => (textOf(a) < textOf(b) ? -sign : textOf(a) > textOf(b) ? sign : 0));
};

const listUsers =
  (ports: UserPorts) =>
  (call: Call): Answer => {
    const users = ordered(call, filtered(call, ports));
    const size = Math.min(call.query.$top ?? pageSizeDefault, topMax);
    const { page, next } = pageOf(users, call.query.$skiptoken, size);
    return {
      status: 200,
      body: {
        "@odata.context": `${call.graphUrl}/$metadata#users`,
        ...(call.query.$count ? { "@odata.count": users.length } : {}),
        ...(next === null ? {} : { "@odata.nextLink": nextPageToken(call, next) }),
        value: page.map((mailbox) => shown(mailbox, call.query.$select)),
      },
    };
  };

const countUsers =
  (ports: UserPorts) =>
  (call: Call): Answer => {
    if (!call.isEventual)
      throw badRequest("$count needs the header ConsistencyLevel: eventual.", "Request_BadRequest");
    const counting = { ...call, query: { ...call.query, $count: true } };
    return { status: 200, text: String(filtered(counting, ports).length) };
  };

const deltaUsers =
  ({ mailboxes, changes }: UserPorts) =>
  (call: Call): Answer => {
    const { $deltatoken, $skiptoken, $select = null } = call.query;
    const { tenantId } = call.caller;
    const token = $deltatoken === "latest" ? undefined : ($deltatoken ?? $skiptoken);
    const round =
      token === undefined
        ? changes.start(tenantId, $select, $deltatoken === "latest")
        : changes.resume(tenantId, token, $deltatoken === undefined ? "page" : "round");
    const everybody = mailboxes.ofTenant(tenantId).map(({ spec }) => spec.userId);
    const page = changes.page(round, everybody, call.prefer.pageSize ?? pageSizeDefault);
    const line = (id: string): object => {
      const mailbox = mailboxes.find(tenantId, id);
      // A deleted user can be restored for 30 days, which is what this reason says.
      return mailbox
        ? { ...shown(mailbox, round.select ?? undefined), id }
        : { id, "@removed": { reason: "changed" } };
    };
    const parameter = page.kind === "nextLink" ? "$skiptoken" : "$deltatoken";
    return {
      status: 200,
      body: {
        "@odata.context": `${call.graphUrl}/$metadata#users`,
        [`@odata.${page.kind}`]: `${call.address}?${parameter}=${page.token}`,
        value: page.ids.map(line),
      },
    };
  };

/** Users of the directory. */
export const userOperations = (ports: UserPorts): Operation[] => {
  const read = { method: "GET", roles: userReaders } as const;
  const inTenant = { ...read, family: "tenant" } as const;
  return [
    {
      ...inTenant,
      path: "/users",
      query: ["$select", "$filter", "$orderby", "$top", "$count", "$skiptoken"],
      handle: listUsers(ports),
    },
    { ...inTenant, path: "/users/$count", query: ["$filter"], handle: countUsers(ports) },
    {
      ...inTenant,
      path: "/users/delta",
      query: ["$select", "$deltatoken", "$skiptoken"],
      handle: deltaUsers(ports),
    },
    { ...read, family: "user", path: "/users/:userId", query: ["$select"], handle: readUser },
  ];
};
