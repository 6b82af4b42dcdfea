import { z } from "zod";
import { WebexFault } from "../answers.ts";
import type { Parts } from "../parts.ts";
import { membershipBody, membershipKey, roomBody } from "../spaces/bodies.ts";
import type { Membership, Room } from "../spaces/space.ts";
import { uuidOfId } from "../webex-id.ts";
import { actorOf, membershipOf, ownRoomOf, personOf, requireModerator, roomOf, teamOf } from "./access.ts";
import { type Caller, type Operation, operation, pageOf, paging } from "./operation.ts";

const sizeMax = 1_000;
const readers = ["spark:rooms_read", "spark-compliance:rooms_read", "spark:all"];
const writers = ["spark:rooms_write", "spark:all"];
const memberReaders = ["spark:memberships_read", "spark-compliance:memberships_read", "spark:all"];
const memberWriters = ["spark:memberships_write", "spark-compliance:memberships_write", "spark:all"];

/** What a space may be created with. */
export const RoomBody = z.strictObject({
  title: z.string().min(1),
  teamId: z.string().optional(),
  description: z.string().optional(),
  isLocked: z.boolean().optional(),
  isAnnouncementOnly: z.boolean().optional(),
});

/** What of a space may change. */
export const RoomChange = RoomBody.omit({ teamId: true }).extend({ isReadOnly: z.boolean().optional() });

/** What adds somebody to a space. */
export const MembershipBody = z.strictObject({
  roomId: z.string(),
  personId: z.string().optional(),
  personEmail: z.string().optional(),
  isModerator: z.boolean().optional(),
});

/** What of a membership may change. */
export const MembershipChange = z.strictObject({
  isModerator: z.boolean().optional(),
  isRoomHidden: z.boolean().optional(),
});

const given = <Value extends object>(
  change: {
    readonly [Name in keyof Value]?: Value[Name] | undefined;
  },
): Partial<Value> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<Value>;

const sortKeys = {
  id: (room: Room) => room.uuid,
  lastactivity: (room: Room) => -room.lastActivityAt,
  created: (room: Room) => -room.createdAt,
} as const;

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

const listing = (parts: Parts): Operation =>
  operation({
    method: "GET",
    path: "/v1/rooms",
    scopes: readers,
    gaps: ["from", "orgPublicSpaces", "to"],
    query: {
      teamId: z.string().optional(),
      type: z.enum(["direct", "group"]).optional(),
      sortBy: z.enum(["id", "lastactivity", "created"]).default("id"),
      ...paging(100),
    },
    handle: (call) => {
      const { query, caller } = call;
      const teamUuid = query.teamId === undefined ? undefined : uuidOfId("TEAM", query.teamId);
      const key = sortKeys[query.sortBy];
      const found = [...parts.spaces.rooms.values()]
        .filter(
          (room) =>
            parts.spaces.membership(room.uuid, caller.uuid) &&
            (query.type === undefined || room.type === query.type) &&
            (teamUuid === undefined || room.teamUuid === teamUuid),
        )
        .sort((a, b) => compare(key(a), key(b)) || compare(a.uuid, b.uuid));
      const { page, headers } = pageOf(call, found, (room) => room.uuid, sizeMax);
      return { headers, body: { items: page.map(roomBody) } };
    },
  });

const rooms = (parts: Parts): Operation[] => [
  operation({
    method: "POST",
    path: "/v1/rooms",
    scopes: writers,
    body: RoomBody,
    gaps: ["classificationId", "isPublic"],
    handle: ({ caller, body }) => {
      const { title, teamId, ...rest } = body;
      const teamUuid = teamId === undefined ? undefined : teamOf(parts, caller, teamId).team.uuid;
      return {
        body: roomBody(parts.spaces.createRoom(actorOf(caller), title, given<Room>({ ...rest, teamUuid }))),
      };
    },
  }),
  operation({
    method: "GET",
    path: "/v1/rooms/:roomId",
    scopes: readers,
    handle: ({ caller, params }) => ({ body: roomBody(roomOf(parts, caller, params["roomId"])) }),
  }),
  operation({
    method: "PUT",
    path: "/v1/rooms/:roomId",
    scopes: writers,
    body: RoomChange,
    gaps: ["classificationId", "isPublic", "teamId"],
    handle: ({ caller, params, body }) => {
      const room = ownRoomOf(parts, caller, params["roomId"]);
      requireModerator(parts, caller, room);
      parts.spaces.updateRoom(caller.uuid, room, given<Room>(body));
      return { body: roomBody(room) };
    },
  }),
  operation({
    method: "DELETE",
    path: "/v1/rooms/:roomId",
    scopes: writers,
    handle: ({ caller, params }) => {
      const room = ownRoomOf(parts, caller, params["roomId"]);
      requireModerator(parts, caller, room);
      parts.spaces.removeRoom(caller.uuid, room);
      return { status: 204 };
    },
  }),
];

/** Memberships of one space, of one person (for officers), or the caller's own. */
const wantedMemberships = (
  parts: Parts,
  caller: Caller,
  query: { roomId?: string | undefined; personId?: string | undefined; personEmail?: string | undefined },
): readonly Membership[] => {
  const hasPerson = query.personId !== undefined || query.personEmail !== undefined;
  if (hasPerson && query.roomId === undefined && !caller.isOfficer)
    throw new WebexFault(400, "A person's memberships need a roomId, except for compliance officers.");
  const personUuid = hasPerson
    ? personOf(parts, query).uuid
    : query.roomId === undefined
      ? caller.uuid
      : undefined;
  const among =
    query.roomId === undefined ? [...parts.spaces.rooms.values()] : [roomOf(parts, caller, query.roomId)];
  return among
    .flatMap((room) => parts.spaces.membersOf(room))
    .filter(({ person }) => personUuid === undefined || person.uuid === personUuid);
};

const memberships = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: "/v1/memberships",
    scopes: memberReaders,
    query: {
      roomId: z.string().optional(),
      personId: z.string().optional(),
      personEmail: z.string().optional(),
      ...paging(100),
    },
    handle: (call) => {
      const found = wantedMemberships(parts, call.caller, call.query);
      const { page, headers } = pageOf(call, found, membershipKey, sizeMax);
      return { headers, body: { items: page.map(membershipBody) } };
    },
  }),
  operation({
    method: "POST",
    path: "/v1/memberships",
    scopes: memberWriters,
    body: MembershipBody,
    handle: ({ caller, body }) => {
      const room = roomOf(parts, caller, body.roomId);
      requireModerator(parts, caller, room);
      if (room.type === "direct") throw new WebexFault(400, "Nobody can be added to a space of two people.");
      const person = personOf(parts, body);
      return {
        body: membershipBody(
          parts.spaces.addMember(caller.uuid, room, person, { isModerator: body.isModerator ?? false }),
        ),
      };
    },
  }),
  operation({
    method: "GET",
    path: "/v1/memberships/:membershipId",
    scopes: memberReaders,
    handle: ({ caller, params }) => ({
      body: membershipBody(membershipOf(parts, caller, "MEMBERSHIP", params["membershipId"])),
    }),
  }),
];

const membershipChanges = (parts: Parts): Operation[] => [
  operation({
    method: "PUT",
    path: "/v1/memberships/:membershipId",
    scopes: memberWriters,
    body: MembershipChange,
    handle: ({ caller, params, body }) => {
      const found = membershipOf(parts, caller, "MEMBERSHIP", params["membershipId"]);
      if (body.isModerator !== undefined) requireModerator(parts, caller, found.room);
      parts.spaces.updateMember(caller.uuid, found, given<Membership>(body));
      return { body: membershipBody(found) };
    },
  }),
  operation({
    method: "DELETE",
    path: "/v1/memberships/:membershipId",
    scopes: memberWriters,
    handle: ({ caller, params }) => {
      const found = membershipOf(parts, caller, "MEMBERSHIP", params["membershipId"]);
      if (found.person.uuid !== caller.uuid) requireModerator(parts, caller, found.room);
      parts.spaces.removeMember(caller.uuid, found);
      return { status: 204 };
    },
  }),
];

/** Spaces and who is in them. */
export const roomOperations = (parts: Parts): Operation[] => [
  listing(parts),
  ...rooms(parts),
  ...memberships(parts),
  ...membershipChanges(parts),
];
