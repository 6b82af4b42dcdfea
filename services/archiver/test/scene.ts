import type { Message } from "@hybrid/webex";
import { itemProperty } from "../src/domain/keys.ts";
import type { StoredMail } from "./fake-mail.ts";
import { uuidOf, webexId } from "./seeded.ts";
import { ArchiveWorld, startAt } from "./world.ts";

export const addressOf = (user: number): string => `user${user}@acme.example`;

/** What may be odd about an event. */
export interface Telling {
  readonly at: number;
  /** From when on the feed shows it; from its own time on when left out. */
  readonly visibleAt?: number;
  /** How Webex writes the space's id. */
  readonly cluster?: string;
}

/** One space and its people, told event by event; user n has the mailbox of `user<n>@acme.example`. */
export class Scene {
  readonly world: ArchiveWorld;
  readonly roomUuid = uuidOf("c", 1);
  #events = 0;

  constructor(users: number, seed = 1) {
    this.world = new ArchiveWorld(seed);
    const { webex, mail } = this.world;
    webex.rooms.set(this.roomUuid, {
      id: webexId("ROOM", this.roomUuid),
      title: "Project Birch",
      withheld: [],
    });
    webex.members.set(this.roomUuid, []);
    for (let user = 0; user < users; user++) mail.add(addressOf(user), uuidOf("b", user));
  }

  #tell(
    resource: string,
    type: string,
    given: { readonly user: number; readonly data: Record<string, unknown>; readonly telling: Telling },
  ): string {
    const uuid = uuidOf("e", ++this.#events);
    const { user, data, telling } = given;
    this.world.webex.feed.push({
      visibleAt: telling.visibleAt ?? telling.at,
      event: {
        id: webexId("EVENT", uuid, telling.cluster),
        resource,
        type,
        actorId: webexId("PEOPLE", uuidOf("d", user)),
        created: new Date(telling.at).toISOString(),
        data,
        withheld: [],
      },
    });
    return uuid;
  }

  #member(user: number, telling: Telling): Record<string, unknown> {
    return {
      id: webexId("MEMBERSHIP", `${user}`),
      roomId: webexId("ROOM", this.roomUuid, telling.cluster),
      personId: webexId("PEOPLE", uuidOf("d", user)),
      personEmail: addressOf(user),
      created: new Date(telling.at).toISOString(),
    };
  }

  join(user: number, telling: Telling): string {
    return this.#tell("memberships", "created", { user, data: this.#member(user, telling), telling });
  }

  leave(user: number, telling: Telling): string {
    return this.#tell("memberships", "deleted", { user, data: this.#member(user, telling), telling });
  }

  /** A message of the user; `over` are properties as Webex gives them. Returns the event's UUID. */
  say(user: number, telling: Telling, over: Record<string, unknown> = {}, type = "created"): string {
    const message = {
      id: webexId("MESSAGE", uuidOf("f", 1)),
      roomId: webexId("ROOM", this.roomUuid, telling.cluster),
      text: "Hello",
      personId: webexId("PEOPLE", uuidOf("d", user)),
      personEmail: addressOf(user),
      created: new Date(telling.at).toISOString(),
      ...over,
    };
    return this.#tell("messages", type, { user, data: message, telling });
  }

  /** What getMessage answers for the one message. */
  webexHas(over: Partial<Message>): void {
    this.world.webex.messages.set(uuidOf("f", 1), {
      id: webexId("MESSAGE", uuidOf("f", 1)),
      roomId: webexId("ROOM", this.roomUuid),
      files: [],
      attachments: [],
      mentionedPeople: [],
      mentionedGroups: [],
      withheld: [],
      ...over,
    });
  }

  mails(user: number): readonly StoredMail[] {
    return this.world.mail.byAddress(addressOf(user)).mails;
  }

  /** Items in a mailbox, in the order of import. */
  items(user: number): readonly (string | undefined)[] {
    return this.mails(user).map(({ order }) => order.properties[itemProperty]);
  }
}

/** Two people in a space since two hours. */
export const sceneOfTwo = (): Scene => {
  const scene = new Scene(2);
  scene.join(0, { at: startAt - 7_200_000 });
  scene.join(1, { at: startAt - 7_200_000 });
  return scene;
};
