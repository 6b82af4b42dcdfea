import { type EpochMs, ProviderError } from "@hybrid/kernel";
import { additionsTo } from "#domain/later-invitees";
import type {
  DeltaEvent,
  EventModel,
  EventsPort,
  MadeMeeting,
  MadeSpace,
  MailboxesPort,
  MeetingOrder,
  OwnRulesOf,
  SpaceOrder,
  WebexPort,
} from "../src/adapters/ports.ts";
import { exchangeBody, room } from "./bodies.ts";
import { monday } from "./invitations.ts";

export const event: EventModel = {
  id: "e1",
  etag: 'W/"1"',
  type: "singleInstance",
  seriesMasterId: null,
  isOrganizer: true,
  isCancelled: false,
  isDraft: false,
  start: { dateTime: "2026-01-07T09:00:00.0000000", timeZone: "UTC" },
  end: { dateTime: "2026-01-07T10:00:00.0000000", timeZone: "UTC" },
  isAllDay: false,
  originalStartTimeZone: "UTC",
  originalEndTimeZone: "UTC",
  recurrence: null,
  location: { displayName: "Room 5; @webex" },
  locations: [],
  body: { contentType: "html", content: exchangeBody("<p>Agenda</p>") },
  subject: "Planning",
  showAs: "busy",
  sensitivity: "normal",
  categories: [],
  attendees: [
    { address: "bert@acme.example", isResource: false },
    { address: "clara@acme.example", isResource: false },
  ],
  attendeesCount: 2,
  extendedProperty: null,
};

/** Of an organisation that has the shipped rules alone. */
export const noOwnRules: OwnRulesOf = async () => null;

/** A mailbox with memory: every PATCH makes a new version, a stale etag is refused. */
export class FakeMailbox implements EventsPort, MailboxesPort {
  readonly events = new Map<string, EventModel>();
  readonly patches: Parameters<EventsPort["update"]>[0][] = [];
  readonly reads: string[] = [];
  /** Runs before a PATCH is looked at: somebody else is faster. */
  meanwhile: () => void = () => undefined;
  locale: string | null = "en-US";
  settingsAsked = 0;
  settingsFailure: ProviderError | null = null;
  pages: { events: readonly DeltaEvent[]; nextLink: string | null; deltaLink: string | null }[] = [];
  readonly deltaRequests: Parameters<EventsPort["delta"]>[0][] = [];
  #version = 1;

  put(changes: Partial<EventModel> = {}): EventModel {
    const stored = { ...event, ...changes, etag: `W/"${++this.#version}"` };
    this.events.set(stored.id, stored);
    return stored;
  }

  /** What a person changes in an event. */
  edit(id: string, changes: Partial<EventModel>): EventModel {
    return this.put({ ...this.#find(id), ...changes });
  }

  async get({ eventId }: Parameters<EventsPort["get"]>[0]): Promise<EventModel> {
    this.reads.push(eventId);
    return this.#find(eventId);
  }

  async update(request: Parameters<EventsPort["update"]>[0]): Promise<{ readonly etag: string }> {
    this.meanwhile();
    if (this.#find(request.eventId).etag !== request.etag)
      throw new ProviderError("stale", { code: "preconditionFailed", retryable: false, status: 412 });
    this.patches.push(request);
    const { body, extendedProperty } = request;
    return this.edit(request.eventId, { body, extendedProperty: extendedProperty.value });
  }

  async delta(request: Parameters<EventsPort["delta"]>[0]) {
    this.deltaRequests.push(request);
    const page = this.pages.shift();
    if (!page) throw new Error("no page was prepared");
    return page;
  }

  async getSettings(): Promise<{ readonly locale: string | null }> {
    this.settingsAsked++;
    if (this.settingsFailure) throw this.settingsFailure;
    return { locale: this.locale };
  }

  #find(id: string): EventModel {
    const found = this.events.get(id);
    if (found) return found;
    throw new ProviderError("no such event", { code: "notFound", retryable: false, status: 404 });
  }
}

/** Webex with a personal room that a test may change, meetings and spaces in memory, and what was asked. */
export class FakeWebex implements WebexPort {
  room: typeof room | ProviderError = room;
  refusal: ProviderError | null = null;
  readonly asked: string[] = [];
  readonly meetings = new Map<string, MeetingOrder>();
  readonly spaces = new Map<string, SpaceOrder>();
  readonly told: string[] = [];
  /** Everybody who was ever added to a space, in order. */
  readonly added: string[] = [];

  async getPersonalRoom({ userEmail }: Parameters<WebexPort["getPersonalRoom"]>[0]): Promise<typeof room> {
    this.asked.push(userEmail);
    if (this.room instanceof ProviderError) throw this.room;
    return this.room;
  }

  async ensureMeeting(order: MeetingOrder): Promise<MadeMeeting> {
    if (this.refusal) throw this.refusal;
    const meetingId = order.knownMeetingId ?? `meeting-${order.key.slice(-6)}`;
    if (order.follow || !this.meetings.has(meetingId)) this.meetings.set(meetingId, order);
    return { meetingId, details: { ...room, joinUrl: `https://acme.webex.com/m/${meetingId}` } };
  }

  async ensureSpace(order: SpaceOrder): Promise<MadeSpace> {
    const made = await this.ensureMeeting(order);
    const roomId = order.knownRoomId ?? `room-${order.roomKey.slice(-6)}`;
    const { add, ...rest } = additionsTo(order.members, order.knownRoomId === null ? "" : order.invited);
    this.spaces.set(roomId, order);
    this.added.push(...add);
    return { ...made, roomId, ...rest };
  }

  async endMeeting({ meetingId }: Parameters<WebexPort["endMeeting"]>[0]): Promise<void> {
    this.meetings.delete(meetingId);
  }

  async tell({ text }: Parameters<WebexPort["tell"]>[0]): Promise<void> {
    this.told.push(text);
  }
}

export class SetClock {
  at: EpochMs = monday;

  now(): EpochMs {
    return this.at;
  }
}
