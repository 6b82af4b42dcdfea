import { WebexFault } from "../answers.ts";
import type { People, SimulatedPerson } from "../organization.ts";
import { membershipBody, messageBody, roomBody } from "./bodies.ts";
import { withIds } from "./mentions.ts";
import type { Change, Membership, Message, NewMessage, Room, Team } from "./space.ts";

/** Webex takes this many edits of a message. */
const editsMax = 10;

/** What the spaces need of their surroundings. */
export interface SpacesPorts {
  readonly clock: { now(): number };
  readonly people: People;
  /** A UUID from the seed. */
  readonly uuid: (name: string) => string;
  /** `https://<name>:<port>` of the simulator. */
  readonly origin: () => string;
  /** Told of every change, right after it. */
  readonly changed: (change: Change) => void;
}

/** Teams, spaces, who is in them and what was said; the simulator's own truth. */
export class Spaces {
  readonly teams = new Map<string, Team>();
  readonly rooms = new Map<string, Room>();
  readonly messages = new Map<string, Message>();
  /** Whether Webex writes a welcome message, as the creator, into every new space of a group. */
  welcomesNewRooms = false;
  readonly #members = new Map<string, Map<string, Membership>>();
  readonly #ports: SpacesPorts;
  #made = 0;

  constructor(ports: SpacesPorts) {
    this.#ports = ports;
  }

  /** Members of a space, in the order in which they came. */
  membersOf(room: Room): readonly Membership[] {
    return [...(this.#members.get(room.uuid)?.values() ?? [])];
  }

  /** Somebody's membership of a space. */
  membership(roomUuid: string, personUuid: string): Membership | undefined {
    return this.#members.get(roomUuid)?.get(personUuid);
  }

  /** Creates a team with its General room, whose first moderator is the creator. */
  createTeam(creator: SimulatedPerson, name: string, description?: string): Team {
    const uuid = this.#uuid("team");
    const team: Team = { uuid, name, description, creator, createdAt: this.#now() };
    this.teams.set(uuid, team);
    this.#addRoom(this.#room({ uuid, type: "group", title: name, creator, teamUuid: uuid }), creator, true);
    return team;
  }

  /** Creates a space of a group. */
  createRoom(creator: SimulatedPerson, title: string, more: Partial<Room> = {}): Room {
    const room = this.#room({
      uuid: this.#uuid("room"),
      type: "group",
      title,
      creator,
      teamUuid: more.teamUuid,
    });
    this.#addRoom(Object.assign(room, more), creator, more.isLocked ?? false);
    if (this.welcomesNewRooms)
      this.post(creator, room, { text: "Welcome to Webex! This is where the work gets done." });
    return room;
  }

  /** The space of two people, made when they have none yet. */
  directRoom(one: SimulatedPerson, other: SimulatedPerson): Room {
    const found = [...this.rooms.values()].find(
      (room) =>
        room.type === "direct" &&
        this.membership(room.uuid, one.uuid) &&
        this.membership(room.uuid, other.uuid),
    );
    if (found) return found;
    const room = this.#room({
      uuid: this.#uuid("room"),
      type: "direct",
      title: other.displayName,
      creator: one,
      teamUuid: undefined,
    });
    this.#addRoom(room, one, false);
    this.addMember(one.uuid, room, other);
    return room;
  }

  /** Changes a space; a team's name is its General room's title. */
  updateRoom(actorUuid: string, room: Room, change: Partial<Room>): void {
    Object.assign(room, change);
    const team = this.teams.get(room.uuid);
    if (team && change.title !== undefined) team.name = change.title;
    this.#tell({ resource: "rooms", type: "updated", actorUuid, room, data: roomBody(room) });
  }

  /** Moves a space to another region, such as `urn:TEAM:eu-central-1_k`: from now on its id is another. */
  migrateRoom(room: Room, cluster: string): void {
    room.cluster = cluster;
    this.#tell({
      resource: "rooms",
      type: "migrated",
      actorUuid: room.creator.uuid,
      room,
      data: roomBody(room),
    });
  }

  /** Removes a space; one of a team is archived instead, the General room goes only with its team. */
  removeRoom(actorUuid: string, room: Room): void {
    if (this.teams.has(room.uuid))
      throw new WebexFault(400, "The General space of a team cannot be deleted.");
    if (room.teamUuid === undefined) this.#drop(actorUuid, room);
    else this.updateRoom(actorUuid, room, { isReadOnly: true });
  }

  /** Removes a team with all of its spaces. */
  removeTeam(actorUuid: string, team: Team): void {
    this.teams.delete(team.uuid);
    for (const room of this.rooms.values()) if (room.teamUuid === team.uuid) this.#drop(actorUuid, room);
  }

  /** `isThroughTeam` leaves `roomType` and `isRoomHidden` out of what events and webhooks tell. */
  addMember(
    actorUuid: string,
    room: Room,
    person: SimulatedPerson,
    how: { readonly isModerator?: boolean; readonly isThroughTeam?: boolean } = {},
  ): Membership {
    const { isModerator = false, isThroughTeam = false } = how;
    if (this.membership(room.uuid, person.uuid))
      throw new WebexFault(409, "The person is already in the room.");
    const membership: Membership = { room, person, isModerator, isRoomHidden: false, createdAt: this.#now() };
    this.#membersOf(room).set(person.uuid, membership);
    this.#tellMembership("created", actorUuid, membership, isThroughTeam);
    return membership;
  }

  /** Changes a membership. */
  updateMember(
    actorUuid: string,
    membership: Membership,
    change: Partial<Pick<Membership, "isModerator" | "isRoomHidden">>,
    isThroughTeam = false,
  ): void {
    if (change.isModerator === false) this.#keepModerator(membership);
    Object.assign(membership, change);
    this.#tellMembership("updated", actorUuid, membership, isThroughTeam);
  }

  /** Takes somebody out; out of a General room means out of all of the team's spaces. */
  removeMember(actorUuid: string, membership: Membership, isThroughTeam = false): void {
    const { room, person } = membership;
    if (room.type === "direct") throw new WebexFault(400, "Nobody can leave a space of two people.");
    this.#keepModerator(membership);
    this.#tellMembership("deleted", actorUuid, membership, isThroughTeam);
    this.#membersOf(room).delete(person.uuid);
    if (!this.teams.has(room.uuid)) return;
    for (const other of this.rooms.values()) {
      const also = other.teamUuid === room.uuid ? this.membership(other.uuid, person.uuid) : undefined;
      if (!also) continue;
      this.#tellMembership("deleted", actorUuid, also, isThroughTeam);
      this.#membersOf(other).delete(person.uuid);
    }
  }

  /** Writes a message. */
  post(person: SimulatedPerson, room: Room, message: NewMessage): Message {
    const posted: Message = {
      uuid: this.#uuid("message"),
      room,
      person,
      parentUuid: message.parentUuid,
      files: message.files ?? [],
      cards: message.cards ?? [],
      text: message.text,
      markdown: this.#markdown(message.markdown),
      createdAt: this.#now(),
      updatedAt: undefined,
      edits: 0,
      isDeleted: false,
    };
    this.messages.set(posted.uuid, posted);
    room.lastActivityAt = posted.createdAt;
    this.#tellMessage("created", person.uuid, posted);
    return posted;
  }

  /** Replaces the text of a message; ten times at most, and not when it has files. */
  edit(message: Message, text: string | undefined, markdown: string | undefined): void {
    if (message.files.length > 0) throw new WebexFault(400, "A message with files cannot be edited.");
    if (message.edits >= editsMax) throw new WebexFault(400, `A message can be edited ${editsMax} times.`);
    message.edits++;
    Object.assign(message, { text, markdown: this.#markdown(markdown), updatedAt: this.#now() });
    this.#tellMessage("updated", message.person.uuid, message);
  }

  /** Deletes a message; compliance officers go on reading it. */
  removeMessage(actorUuid: string, message: Message): void {
    if (message.isDeleted) throw new WebexFault(410, "The message was deleted before.");
    message.isDeleted = true;
    this.#tellMessage("deleted", actorUuid, message);
  }

  #now(): number {
    return this.#ports.clock.now();
  }

  #uuid(what: string): string {
    return this.#ports.uuid(`${what} ${this.#made++}`);
  }

  #markdown(markdown: string | undefined): string | undefined {
    return markdown === undefined
      ? undefined
      : withIds(markdown, (email) => this.#ports.people.byAnyEmail(email));
  }

  #room(given: Pick<Room, "uuid" | "type" | "title" | "teamUuid" | "creator">): Room {
    const now = this.#now();
    return {
      ...given,
      description: undefined,
      ownerOrg: given.creator.orgId,
      createdAt: now,
      lastActivityAt: now,
      isLocked: false,
      isAnnouncementOnly: false,
      isReadOnly: false,
      isUnreadable: false,
      cluster: "us",
    };
  }

  #addRoom(room: Room, creator: SimulatedPerson, isModerator: boolean): void {
    this.rooms.set(room.uuid, room);
    this.#members.set(room.uuid, new Map());
    this.#tell({ resource: "rooms", type: "created", actorUuid: creator.uuid, room, data: roomBody(room) }, [
      creator.uuid,
    ]);
    this.addMember(creator.uuid, room, creator, { isModerator });
  }

  #drop(actorUuid: string, room: Room): void {
    for (const membership of this.membersOf(room)) {
      this.#tellMembership("deleted", actorUuid, membership, false);
      this.#membersOf(room).delete(membership.person.uuid);
    }
    this.rooms.delete(room.uuid);
    this.#members.delete(room.uuid);
  }

  #membersOf(room: Room): Map<string, Membership> {
    const members = this.#members.get(room.uuid);
    if (!members) throw new WebexFault(404, "The requested room could not be found.");
    return members;
  }

  /** The last moderator of a General room stays. */
  #keepModerator(membership: Membership): void {
    const isLast =
      membership.isModerator &&
      this.membersOf(membership.room).filter((each) => each.isModerator).length === 1;
    if (isLast && this.teams.has(membership.room.uuid))
      throw new WebexFault(403, "The last moderator of a team cannot be removed.");
  }

  #tellMembership(
    type: Change["type"],
    actorUuid: string,
    membership: Membership,
    isThroughTeam: boolean,
  ): void {
    const { roomType, isRoomHidden, ...rest } = membershipBody(membership);
    const data = isThroughTeam ? rest : { ...rest, roomType, isRoomHidden };
    this.#tell({ resource: "memberships", type, actorUuid, room: membership.room, data });
  }

  #tellMessage(type: Change["type"], actorUuid: string, message: Message): void {
    this.#tell({
      resource: "messages",
      type,
      actorUuid,
      room: message.room,
      data: messageBody(message, this.#ports.origin()),
    });
  }

  #tell(
    change: Omit<Change, "at" | "memberUuids">,
    memberUuids = [...(this.#members.get(change.room.uuid)?.keys() ?? [])],
  ): void {
    this.#ports.changed({ ...change, at: this.#now(), memberUuids });
  }
}
