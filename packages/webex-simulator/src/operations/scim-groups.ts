import { z } from "zod";
import { checked, WebexFault } from "../answers.ts";
import type { SimulatedGroup } from "../group.ts";
import type { Parts } from "../parts.ts";
import { type Caller, type Operation, operation } from "./operation.ts";
import { changesOf, PatchBody } from "./scim-patch.ts";
import { requireOrganization } from "./scim-users.ts";

const core = "urn:ietf:params:scim:schemas:core:2.0:Group";
const readers = ["identity:groups_read", "identity:groups_rw"];
const writers = ["identity:groups_rw"];
const groupsPath = "/identity/scim/:orgId/v2/Groups";
const countMax = 500;

const Member = z.strictObject({ value: z.guid(), type: z.enum(["user", "User"]).optional() });

/** A group to be made. */
export const ScimGroupBody = z.strictObject({
  schemas: z.array(z.string()).refine((names) => names.includes(core), `must hold ${core}`),
  displayName: z.string().min(1),
  externalId: z.string().optional(),
  members: z.array(Member).max(countMax).optional(),
});

const shownMember = (parts: Parts, value: string): Record<string, unknown> => ({
  value,
  type: "user",
  display: parts.people.byUuid(value)?.displayName ?? "",
});

const groupBody = (parts: Parts, group: SimulatedGroup, origin: string): Record<string, unknown> => ({
  schemas: [core],
  displayName: group.displayName,
  id: group.uuid,
  ...(group.externalId !== undefined && { externalId: group.externalId }),
  members: [...group.memberUuids].slice(0, countMax).map((uuid) => shownMember(parts, uuid)),
  meta: {
    resourceType: "Group",
    location: `${origin}/identity/scim/${group.orgId}/v2/Groups/${group.uuid}`,
    version: `W/"${group.modifiedAt}"`,
    created: new Date(group.createdAt).toISOString(),
    lastModified: new Date(group.modifiedAt).toISOString(),
  },
});

const known = (parts: Parts, caller: Caller, uuids: readonly string[]): ReadonlySet<string> => {
  const stray = uuids.find((uuid) => parts.people.byUuid(uuid)?.orgId !== caller.orgId);
  if (stray !== undefined) throw new WebexFault(400, `The member ${stray} is not known.`);
  return new Set(uuids);
};

const groupOf = (parts: Parts, caller: Caller, params: Readonly<Record<string, string>>): SimulatedGroup => {
  requireOrganization(caller, params["orgId"]);
  const group = parts.groups.get(params["groupId"] ?? "");
  if (group?.orgId !== caller.orgId) throw new WebexFault(404, "The group could not be found.");
  return group;
};

const requireAdmin = (caller: Caller): void => {
  if (!caller.isAdmin) throw new WebexFault(403, "Only an administrator may change groups.");
};

const paging = {
  startIndex: z.coerce.number().int().min(1).default(1),
  count: z.coerce.number().int().min(0).default(100),
};

const reads = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: groupsPath,
    scopes: readers,
    gaps: ["attributes", "excludedAttributes", "filter", "memberType", "sortBy", "sortOrder"],
    query: { ...paging, includeMembers: z.enum(["true", "false"]).default("false") },
    handle: ({ caller, params, query, url }) => {
      requireOrganization(caller, params["orgId"]);
      const found = [...parts.groups.values()].filter(({ orgId }) => orgId === caller.orgId);
      const start = query.startIndex - 1;
      const page = found.slice(start, start + Math.min(query.count, countMax));
      const shown = page.map((group) => {
        const { members, ...rest } = groupBody(parts, group, url.origin);
        return query.includeMembers === "true" ? { ...rest, members } : rest;
      });
      return {
        body: {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
          totalResults: found.length,
          itemsPerPage: page.length,
          startIndex: query.startIndex,
          Resources: shown,
        },
      };
    },
  }),
  operation({
    method: "GET",
    path: `${groupsPath}/:groupId`,
    scopes: readers,
    gaps: ["excludedAttributes"],
    handle: ({ caller, params, url }) => ({
      body: groupBody(parts, groupOf(parts, caller, params), url.origin),
    }),
  }),
  operation({
    method: "GET",
    path: `${groupsPath}/:groupId/Members`,
    scopes: readers,
    gaps: ["memberType"],
    query: paging,
    handle: ({ caller, params, query }) => {
      const group = groupOf(parts, caller, params);
      const start = query.startIndex - 1;
      const page = [...group.memberUuids].slice(start, start + Math.min(query.count, countMax));
      return {
        body: {
          schemas: [core],
          displayName: group.displayName,
          totalResults: group.memberUuids.size,
          itemsPerPage: page.length,
          startIndex: query.startIndex,
          members: page.map((uuid) => shownMember(parts, uuid)),
        },
      };
    },
  }),
];

const Removal = z.array(z.strictObject({ value: z.guid(), operation: z.literal("delete").optional() }));

/** Members named in an `add` come in, in a `remove` they go, in a `replace` they are the members. */
const change = (
  parts: Parts,
  caller: Caller,
  group: SimulatedGroup,
  body: z.infer<typeof PatchBody>,
): void => {
  for (const { op, path, value } of body.Operations) {
    if (path?.toLowerCase() !== "members") {
      const changes = changesOf({ ...body, Operations: [{ op, path, value }] });
      for (const [name, to] of changes) {
        if (name.toLowerCase() === "displayname") group.displayName = checked(z.string().min(1), to);
        else if (name.toLowerCase() === "externalid") group.externalId = checked(z.string().optional(), to);
        else
          throw new WebexFault(501, `A change of '${name}' is not simulated.`, ["SimulatorNotImplemented"]);
      }
      continue;
    }
    const named =
      op === "remove" && value === undefined
        ? [...group.memberUuids].map((uuid) => ({ value: uuid }))
        : checked(op === "remove" ? Removal : z.array(Member), value);
    const uuids = named.map((member) => member.value);
    const before = group.memberUuids;
    group.memberUuids =
      op === "remove"
        ? new Set([...before].filter((uuid) => !uuids.includes(uuid)))
        : known(parts, caller, op === "add" ? [...before, ...uuids] : uuids);
  }
  group.modifiedAt = parts.clock.now();
};

/** SCIM 2 groups. */
export const scimGroupOperations = (parts: Parts): Operation[] => [
  ...reads(parts),
  operation({
    method: "POST",
    path: groupsPath,
    scopes: writers,
    body: ScimGroupBody,
    gaps: ["urn:scim:schemas:extension:cisco:webexidentity:2.0:Group"],
    handle: ({ caller, params, body, url }) => {
      requireOrganization(caller, params["orgId"]);
      requireAdmin(caller);
      const members = known(
        parts,
        caller,
        (body.members ?? []).map(({ value }) => value),
      );
      const now = parts.clock.now();
      const group: SimulatedGroup = {
        uuid: parts.newUuid("group"),
        orgId: caller.orgId,
        createdAt: now,
        modifiedAt: now,
        displayName: body.displayName,
        externalId: body.externalId,
        memberUuids: members,
      };
      parts.groups.set(group.uuid, group);
      return { status: 201, body: groupBody(parts, group, url.origin) };
    },
  }),
  operation({
    method: "PATCH",
    path: `${groupsPath}/:groupId`,
    scopes: writers,
    body: PatchBody,
    handle: ({ caller, params, body, url }) => {
      requireAdmin(caller);
      const group = groupOf(parts, caller, params);
      change(parts, caller, group, body);
      return { body: groupBody(parts, group, url.origin) };
    },
  }),
  operation({
    method: "DELETE",
    path: `${groupsPath}/:groupId`,
    scopes: writers,
    handle: ({ caller, params }) => {
      requireAdmin(caller);
      parts.groups.delete(groupOf(parts, caller, params).uuid);
      return { status: 204 };
    },
  }),
];
