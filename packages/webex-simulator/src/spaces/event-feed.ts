import { webexIdText } from "../webex-id.ts";
import type { Change } from "./space.ts";

/** An event of the compliance feed. */
export interface FeedEvent {
  readonly id: string;
  readonly at: number;
  /** From when on the feed shows it; later than `at` for a late event. */
  readonly visibleAt: number;
  readonly resource: Change["resource"] | "meetingMessages";
  readonly type: Change["type"];
  readonly actorId: string;
  readonly ownerOrg: string;
  /** Organisations of the members, whose officers see it too. */
  readonly orgs: ReadonlySet<string>;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What can be odd about the feed; programs set it. */
export interface FeedFaults {
  /** Events that happen from now on are shown this many milliseconds later, under their own time. */
  lateByMs: number;
  /** How many of the next pages are empty and have a next page all the same. */
  emptyPages: number;
  /** Whether the address of the next page says `max=null`, as the service was seen to do. */
  nextSaysMaxNull: boolean;
}

/** Everything that happened, by time; events of one millisecond keep the order in which they happened. */
export class EventFeed {
  readonly faults: FeedFaults = { lateByMs: 0, emptyPages: 0, nextSaysMaxNull: false };
  readonly #events: FeedEvent[] = [];
  readonly #uuid: (name: string) => string;

  constructor(uuid: (name: string) => string) {
    this.#uuid = uuid;
  }

  /** Remembers a change; the feed has no creation or end of a space, only its changes. */
  add(change: Change, orgs: ReadonlySet<string>): void {
    if (change.resource === "rooms" && change.type !== "updated") return;
    this.tell({
      at: change.at,
      resource: change.resource,
      type: change.type,
      actorId: webexIdText("PEOPLE", change.actorUuid),
      ownerOrg: change.room.ownerOrg,
      orgs,
      data: change.data,
    });
  }

  /** Remembers an event. */
  tell(event: Omit<FeedEvent, "id" | "visibleAt">): void {
    const id = webexIdText("EVENT", this.#uuid(`event ${this.#events.length}`));
    this.#events.push({ id, visibleAt: event.at + this.faults.lateByMs, ...event });
  }

  /** What an organisation's officer sees at `now`, by time. */
  seenBy(orgId: string, now: number): readonly FeedEvent[] {
    return this.#events
      .filter((event) => event.visibleAt <= now && (event.ownerOrg === orgId || event.orgs.has(orgId)))
      .sort((a, b) => a.at - b.at);
  }
}
