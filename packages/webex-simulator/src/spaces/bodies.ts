import { webexIdText } from "../webex-id.ts";
import { rendered } from "./mentions.ts";
import type { Membership, Message, Room, Team } from "./space.ts";

const iso = (at: number): string => new Date(at).toISOString();

const present = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** The id of a space, in the cluster in which it lives. */
export const roomId = ({ uuid, cluster }: Room): string => webexIdText("ROOM", uuid, cluster);

/** The team as GET /teams shows it. */
export const teamBody = (team: Team): Record<string, unknown> =>
  present({
    id: webexIdText("TEAM", team.uuid),
    name: team.name,
    description: team.description,
    creatorId: team.creator.id,
    created: iso(team.createdAt),
  });

const ciphertext = (room: Room): string =>
  [
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0",
    "",
    Buffer.from(room.uuid).toString("base64url"),
    "c2lt",
    "dGFn",
  ].join(".");

/** The space as GET /rooms shows it; one that cannot be decrypted has ciphertext for a title, and says so. */
export const roomBody = (room: Room): Record<string, unknown> =>
  present({
    id: roomId(room),
    title: room.isUnreadable ? ciphertext(room) : room.title,
    description: room.description,
    type: room.type,
    isLocked: room.isLocked,
    isAnnouncementOnly: room.isAnnouncementOnly,
    isReadOnly: room.isReadOnly,
    isPublic: false,
    teamId: room.teamUuid === undefined ? undefined : webexIdText("TEAM", room.teamUuid),
    lastActivity: iso(room.lastActivityAt),
    creatorId: room.creator.id,
    ownerId: webexIdText("ORGANIZATION", room.ownerOrg),
    created: iso(room.createdAt),
    errors: room.isUnreadable
      ? { title: { code: "kms_failure", reason: "Key management server failed to respond appropriately." } }
      : undefined,
  });

const personPart = ({ person, isModerator, createdAt }: Membership): Record<string, unknown> => ({
  personId: person.id,
  personEmail: person.email,
  personDisplayName: person.displayName,
  personOrgId: webexIdText("ORGANIZATION", person.orgId),
  isModerator,
  created: iso(createdAt),
});

/** The key of a membership, which its id holds. */
export const membershipKey = ({ person, room }: Membership): string => `${person.uuid}:${room.uuid}`;

/** The membership as GET /memberships shows it. */
export const membershipBody = (membership: Membership): Record<string, unknown> => ({
  id: webexIdText("MEMBERSHIP", membershipKey(membership)),
  roomId: roomId(membership.room),
  roomType: membership.room.type,
  ...personPart(membership),
  isMonitor: false,
  isRoomHidden: membership.isRoomHidden,
});

/** The membership of the team as GET /team/memberships shows it. */
export const teamMembershipBody = (membership: Membership): Record<string, unknown> => ({
  id: webexIdText("TEAM_MEMBERSHIP", membershipKey(membership)),
  teamId: webexIdText("TEAM", membership.room.uuid),
  ...personPart(membership),
});

/** The message as GET /messages shows it; the addresses of its files lie below `origin`. */
export const messageBody = (message: Message, origin: string): Record<string, unknown> => {
  const { text, html, mentionedPeople, mentionedGroups } = rendered(message);
  return present({
    id: webexIdText("MESSAGE", message.uuid),
    parentId: message.parentUuid === undefined ? undefined : webexIdText("MESSAGE", message.parentUuid),
    roomId: roomId(message.room),
    roomType: message.room.type,
    text,
    markdown: message.markdown,
    html,
    files:
      message.files.length === 0
        ? undefined
        : message.files.map(
            (_, index) => `${origin}/v1/contents/${webexIdText("CONTENT", `${message.uuid}/${index}`)}`,
          ),
    attachments: message.cards.length === 0 ? undefined : message.cards,
    personId: message.person.id,
    personEmail: message.person.email,
    mentionedPeople: mentionedPeople.length === 0 ? undefined : mentionedPeople,
    mentionedGroups: mentionedGroups.length === 0 ? undefined : mentionedGroups,
    created: iso(message.createdAt),
    updated: message.updatedAt === undefined ? undefined : iso(message.updatedAt),
  });
};
