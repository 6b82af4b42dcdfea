import type { Membership, Message, WebexEvent } from "@hybrid/webex";
import { stableId } from "../src/adapters/stable-id.ts";
import { uuidOf, webexId } from "./seeded.ts";
import type { ArchiveWorld } from "./world.ts";

/** How large a history is, and how wild. */
export interface HistoryShape {
  readonly users: number;
  readonly rooms: number;
  readonly messages: number;
  readonly startAt: number;
  readonly spanMs: number;
  /** Shares of messages that are edited, deleted, have a file; and of steps that change who is there. */
  readonly edits: number;
  readonly deletes: number;
  readonly files: number;
  readonly moves: number;
  /** Share of events that the feed shows late, and by how much at most. */
  readonly late: number;
  readonly lateMsMax: number;
  /** Share of rooms whose id is written another way from the middle on. */
  readonly migrations: number;
}

/** A copy that must be there: whose, of which event. */
export interface ExpectedCopy {
  readonly address: string;
  readonly eventId: string;
  readonly at: number;
}

/** What happened. */
export interface History {
  readonly expected: readonly ExpectedCopy[];
  readonly items: number;
}

const iso = (at: number): string => new Date(at).toISOString();
const addressOf = (user: number): string => `user${user}@acme.example`;

class Teller {
  readonly #world: ArchiveWorld;
  readonly #shape: HistoryShape;
  readonly expected: ExpectedCopy[] = [];
  readonly present: Map<number, number>[];
  items = 0;
  #events = 0;
  #messages = 0;

  constructor(world: ArchiveWorld, shape: HistoryShape) {
    this.#world = world;
    this.#shape = shape;
    this.present = Array.from({ length: shape.rooms }, () => new Map<number, number>());
  }

  #is(share: number): boolean {
    return this.#world.random() < share;
  }

  roomId(room: number, at: number): string {
    const { migrations, startAt, spanMs, rooms } = this.#shape;
    const isMoved = room < rooms * migrations && at > startAt + spanMs / 2;
    return webexId("ROOM", uuidOf("c", room), isMoved ? "us-west-2_r" : "us");
  }

  tell(
    resource: string,
    type: string,
    given: { readonly at: number; readonly actor: number; readonly data: Record<string, unknown> },
  ): string {
    const uuid = uuidOf("e", this.#events++);
    const { at, actor, data } = given;
    const event: WebexEvent = {
      id: webexId("EVENT", uuid),
      resource,
      type,
      actorId: webexId("PEOPLE", uuidOf("d", actor)),
      created: iso(at),
      data,
      withheld: [],
    };
    const { late, lateMsMax } = this.#shape;
    const lateMs = this.#is(late) ? Math.floor(this.#world.random() * lateMsMax) : 0;
    this.#world.webex.feed.push({ event, visibleAt: at + lateMs });
    return uuid;
  }

  membership(user: number, room: number, at: number): Membership {
    return {
      id: webexId("MEMBERSHIP", `${user}-${room}`),
      roomId: this.roomId(room, at),
      roomType: "group",
      personId: webexId("PEOPLE", uuidOf("d", user)),
      personEmail: addressOf(user),
      personDisplayName: `User ${user}`,
      isModerator: false,
      created: iso(at),
      withheld: [],
    };
  }

  join(user: number, room: number, at: number): void {
    this.present[room]?.set(user, at);
    this.tell("memberships", "created", { at, actor: user, data: { ...this.membership(user, room, at) } });
  }

  leave(user: number, room: number, at: number): void {
    const since = this.present[room]?.get(user) ?? at;
    this.present[room]?.delete(user);
    const data = { ...this.membership(user, room, at), created: iso(since) };
    this.tell("memberships", "deleted", { at, actor: user, data });
  }

  /** A version of a message, expected by everybody who is there. */
  #say(
    type: string,
    room: number,
    given: { readonly at: number; readonly author: number; readonly message: Message },
  ): void {
    const { at, author, message } = given;
    const eventId = this.tell("messages", type, {
      at,
      actor: author,
      data: { ...message, roomId: this.roomId(room, at) },
    });
    this.items++;
    const people = new Set([...(this.present[room]?.keys() ?? []), author]);
    for (const user of people) this.expected.push({ address: addressOf(user), eventId, at });
  }

  post(room: number, at: number): void {
    const members = [...(this.present[room]?.keys() ?? [])];
    const author = members[Math.floor(this.#world.random() * members.length)];
    if (author === undefined) return;
    const number = this.#messages++;
    const uuid = uuidOf("f", number);
    const file = `https://webexapis.com/v1/contents/${number}`;
    const hasFile = this.#is(this.#shape.files);
    if (hasFile)
      this.#world.webex.contents.set(file, [
        {
          kind: "file",
          bytes: Buffer.from(`file of ${number}`),
          mediaType: "text/plain",
          disposition: `attachment; filename="note ${number}.txt"`,
        },
      ]);
    const message: Message = {
      id: webexId("MESSAGE", uuid),
      roomId: this.roomId(room, at),
      text: `Message ${number}`,
      files: hasFile ? [file] : [],
      attachments: [],
      personId: webexId("PEOPLE", uuidOf("d", author)),
      personEmail: addressOf(author),
      mentionedPeople: [],
      mentionedGroups: [],
      created: iso(at),
      withheld: [],
    };
    this.#world.webex.messages.set(stableId(message.id), message);
    this.#say("created", room, { at, author, message });
    if (!hasFile && this.#is(this.#shape.edits))
      this.#say("updated", room, {
        at: at + 2,
        author,
        message: { ...message, text: `Message ${number}, edited` },
      });
    if (this.#is(this.#shape.deletes)) this.#say("deleted", room, { at: at + 4, author, message });
  }

  run(): void {
    const { users, rooms, messages, startAt, spanMs, moves } = this.#shape;
    for (let user = 0; user < users; user++) this.#world.mail.add(addressOf(user), uuidOf("b", user));
    for (let room = 0; room < rooms; room++) {
      this.#world.webex.rooms.set(uuidOf("c", room), {
        id: this.roomId(room, startAt),
        title: `Space ${room}`,
        withheld: [],
      });
      for (let user = room; user < room + 4; user++) this.join(user % users, room, startAt + room);
    }
    const stepMs = Math.floor(spanMs / messages);
    for (let number = 0; number < messages; number++) {
      const at = startAt + 1_000 + number * stepMs;
      const room = Math.floor(this.#world.random() * rooms);
      const user = Math.floor(this.#world.random() * users);
      if (this.#is(moves)) {
        if (this.present[room]?.has(user)) this.leave(user, room, at);
        else this.join(user, room, at);
      }
      // Ties: two messages in the same millisecond.
      this.post(room, at + 10);
      if (this.#is(0.05)) this.post(room, at + 10);
    }
    for (let room = 0; room < rooms; room++)
      this.#world.webex.members.set(
        uuidOf("c", room),
        [...(this.present[room] ?? [])].map(([user, since]) => this.membership(user, room, since)),
      );
  }
}

/** Puts a history into the world's Webex, and says which copies it must lead to. */
export const tellHistory = (world: ArchiveWorld, shape: HistoryShape): History => {
  const teller = new Teller(world, shape);
  teller.run();
  return { expected: teller.expected, items: teller.items };
};

/** Every copy in every mailbox, by address and event, with how often it is there. */
export const copiesIn = (world: ArchiveWorld, property: string): ReadonlyMap<string, number> => {
  const copies = new Map<string, number>();
  for (const { address, mails } of world.mail.mailboxes.values())
    for (const { order } of mails) {
      const key = `${address} ${order.properties[property]}`;
      copies.set(key, (copies.get(key) ?? 0) + 1);
    }
  return copies;
};
