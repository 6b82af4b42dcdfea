import { ProviderError } from "@hybrid/kernel";
import type {
  Content,
  EventFilter,
  Membership,
  MembershipFilter,
  Message,
  Page,
  Room,
  WebexEvent,
} from "@hybrid/webex";
import type { WebexPort } from "../src/adapters/ports.ts";

/** An event of the feed, and from when on it is shown. */
export interface FeedLine {
  readonly event: WebexEvent;
  readonly visibleAt: number;
}

/** What went wrong with a request: the probability of each kind. */
export interface WebexFaultRates {
  readonly errors: number;
  readonly emptyPages: number;
}

const unavailable = (what: string): ProviderError =>
  new ProviderError(`${what}: Webex answered 502`, { code: "unavailable", retryable: true, status: 502 });

const notFound = (what: string): ProviderError =>
  new ProviderError(`${what} is not there`, { code: "notFound", retryable: false, status: 404 });

/** A Webex in memory: what was said and who was there; tests write its lists. */
export class FakeWebex implements WebexPort {
  readonly feed: FeedLine[] = [];
  readonly members = new Map<string, Membership[]>();
  readonly rooms = new Map<string, Room>();
  readonly messages = new Map<string, Message>();
  readonly contents = new Map<string, Content[]>();
  readonly asked: string[] = [];
  rates: WebexFaultRates = { errors: 0, emptyPages: 0 };
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #uuidOf: (id: string) => string;

  constructor(given: {
    readonly random: () => number;
    readonly now: () => number;
    readonly uuidOf: (id: string) => string;
  }) {
    this.#random = given.random;
    this.#now = given.now;
    this.#uuidOf = given.uuidOf;
  }

  #mayFail(what: string): void {
    this.asked.push(what);
    if (this.#random() < this.rates.errors) throw unavailable(what);
  }

  readonly listEvents = async function* (
    this: FakeWebex,
    filter: EventFilter,
  ): AsyncGenerator<Page<WebexEvent>> {
    const [from, to] = [Date.parse(filter.from ?? ""), Date.parse(filter.to ?? "")];
    if (to > this.#now())
      throw new ProviderError("to lies in the future", {
        code: "invalidRequest",
        retryable: false,
        status: 400,
      });
    const found = this.feed
      .filter(({ event, visibleAt }) => {
        const at = Date.parse(event.created);
        return event.resource === filter.resource && at >= from && at <= to && visibleAt <= this.#now();
      })
      .map(({ event }) => event)
      // The feed promises no order: it comes newest first here.
      .sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
    for (let at = 0; at < found.length || at === 0; at += 37) {
      this.#mayFail("GET /v1/events");
      if (this.#random() < this.rates.emptyPages) yield { items: [], unusable: [] };
      yield { items: found.slice(at, at + 37), unusable: [] };
    }
  }.bind(this);

  readonly listMemberships = async function* (
    this: FakeWebex,
    { roomId = "" }: MembershipFilter,
  ): AsyncGenerator<Page<Membership>> {
    this.#mayFail("GET /v1/memberships");
    const members = this.members.get(this.#uuidOf(roomId));
    if (!members) throw notFound("the space");
    yield { items: members, unusable: [] };
  }.bind(this);

  readonly getRoom: WebexPort["getRoom"] = async (roomId) => {
    this.#mayFail("GET /v1/rooms/{roomId}");
    const room = this.rooms.get(this.#uuidOf(roomId));
    if (!room) throw notFound("the space");
    return room;
  };

  readonly getMessage: WebexPort["getMessage"] = async (messageId) => {
    this.#mayFail("GET /v1/messages/{messageId}");
    const message = this.messages.get(this.#uuidOf(messageId));
    if (!message) throw notFound("the message");
    return message;
  };

  /** The answers for an address, one after another; the last one stays. */
  readonly getContent: WebexPort["getContent"] = async ({ url }) => {
    this.#mayFail("GET /v1/contents/{contentId}");
    const answers = this.contents.get(url) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer) return answer;
    throw new ProviderError("the file's address lies outside Webex", {
      code: "invalidRequest",
      retryable: false,
    });
  };
}
