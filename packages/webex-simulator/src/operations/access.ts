import { WebexFault } from "../answers.ts";
import type { SimulatedPerson } from "../organization.ts";
import type { Parts } from "../parts.ts";
import type { Membership, Message, Room, Team } from "../spaces/space.ts";
import { uuidOfId } from "../webex-id.ts";
import type { Caller } from "./operation.ts";

/** The person who acts; spaces of machine accounts are not simulated. */
export const actorOf = (caller: Caller): SimulatedPerson => {
  if (caller.person) return caller.person;
  throw new WebexFault(501, "Spaces of a service app's own account are not simulated.", [
    "SimulatorNotImplemented",
  ]);
};

/** Whether the caller sees the space: as a member, or as an officer of an organisation with people in it. */
export const seesRoom = ({ spaces }: Parts, caller: Caller, room: Room): boolean =>
  spaces.membership(room.uuid, caller.uuid) !== undefined ||
  (caller.isOfficer &&
    (room.ownerOrg === caller.orgId ||
      spaces.membersOf(room).some(({ person }) => person.orgId === caller.orgId)));

/** The space of an id, or 404. */
export const roomOf = (parts: Parts, caller: Caller, id: string | undefined): Room => {
  const room = parts.spaces.rooms.get(uuidOfId("ROOM", id ?? ""));
  if (!room || !seesRoom(parts, caller, room))
    throw new WebexFault(404, "The requested room could not be found.");
  return room;
};

/** The space of an id in which the caller is a member, or 404. */
export const ownRoomOf = (parts: Parts, caller: Caller, id: string | undefined): Room => {
  const room = roomOf(parts, caller, id);
  if (!parts.spaces.membership(room.uuid, caller.uuid))
    throw new WebexFault(404, "The requested room could not be found.");
  return room;
};

/** The team of an id with its General room, or 404. */
export const teamOf = (
  parts: Parts,
  caller: Caller,
  id: string | undefined,
): { readonly team: Team; readonly general: Room } => {
  const uuid = uuidOfId("TEAM", id ?? "");
  const team = parts.spaces.teams.get(uuid);
  const general = parts.spaces.rooms.get(uuid);
  if (!team || !general || !seesRoom(parts, caller, general))
    throw new WebexFault(404, "The requested team could not be found.");
  return { team, general };
};

/** The membership of an id, or 404. */
export const membershipOf = (
  parts: Parts,
  caller: Caller,
  kind: "MEMBERSHIP" | "TEAM_MEMBERSHIP",
  id: string | undefined,
): Membership => {
  const [personUuid = "", roomUuid = ""] = uuidOfId(kind, id ?? "").split(":");
  const found = parts.spaces.membership(roomUuid, personUuid);
  const isTeams = kind === "MEMBERSHIP" || parts.spaces.teams.has(roomUuid);
  if (!found || !isTeams || !seesRoom(parts, caller, found.room))
    throw new WebexFault(404, "The requested membership could not be found.");
  return found;
};

/** The message of an id, or 404; one that was deleted is there for officers alone. */
export const messageOf = (parts: Parts, caller: Caller, uuid: string): Message => {
  const message = parts.spaces.messages.get(uuid);
  const isThere = message && (!message.isDeleted || caller.isOfficer);
  if (!isThere || !seesRoom(parts, caller, message.room))
    throw new WebexFault(404, "The requested message could not be found.");
  return message;
};

/** The person of a body, by id or by address, in whichever organisation. */
export const personOf = (
  parts: Parts,
  given: { readonly personId?: string | undefined; readonly personEmail?: string | undefined },
): SimulatedPerson => {
  if ((given.personId === undefined) === (given.personEmail === undefined))
    throw new WebexFault(400, "Exactly one of personId and personEmail is needed.");
  const found =
    given.personId === undefined
      ? parts.people.byAnyEmail(given.personEmail ?? "")
      : parts.people.byUuid(uuidOfId("PEOPLE", given.personId));
  if (!found) throw new WebexFault(404, "The requested person could not be found.");
  return found;
};

/** Moderated spaces let moderators alone change who is in them; officers of the owner may always. */
export const requireModerator = (parts: Parts, caller: Caller, room: Room): void => {
  const own = parts.spaces.membership(room.uuid, caller.uuid);
  const isOwner = caller.isOfficer && room.ownerOrg === caller.orgId;
  if (isOwner || (own && (!room.isLocked || own.isModerator))) return;
  throw new WebexFault(403, "Only a moderator of the room may do this.");
};
