import type { SimulatorClock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import { badRequest } from "../http/graph-fault.ts";
import { type MeetingBlob, meetingBlob } from "./event-body.ts";
import { applyChange, emptyContent, movesSeries, touchesShared } from "./event-change.ts";
import type { EventChange } from "./event-input.ts";
import { withAttachmentId } from "./event-parts.ts";
import { type ItemIds, idsOf, type Mailbox } from "./mailbox.ts";
import type { Mailboxes } from "./mailboxes.ts";
import { neighboursOf, type Slot } from "./recurrence.ts";
import {
  type CalendarItem,
  type EventContent,
  type Occurrence,
  type StoredAddress,
  type StoredEvent,
  sharedContentOf,
} from "./stored-event.ts";
import { ianaZoneOf } from "./time-zones.ts";

/** A change that subscriptions may want to hear of. */
export interface CalendarChange {
  readonly mailbox: Mailbox;
  readonly changeType: "created" | "updated" | "deleted";
  readonly ids: ItemIds;
  readonly changeKey: string;
}

/** Who writes: an application by its client id, or a person. */
export type Writer = { readonly kind: "app"; readonly clientId: string } | { readonly kind: "person" };

/** What a new event has besides its content. */
export interface NewEvent {
  readonly change: EventChange;
  readonly organizer?: StoredAddress;
  readonly transactionId?: string | null;
}

/** What an attendee answers to an invitation. */
export interface MeetingAnswer {
  readonly response: "accepted" | "tentativelyAccepted" | "declined";
  /** Whether the organiser is told. */
  readonly isSent: boolean;
  readonly proposal: { readonly startAt: number; readonly endAt: number } | null;
}

const notAnswered = { response: "notResponded", at: null };
const organizerAnswer = { response: "organizer", at: null };

const ownParts = () => ({ extendedProperties: new Map(), multiValueProperties: new Map(), extensions: [] });

/** All writes to calendars: versions, change keys, copies in attendees' mailboxes, and who is told. */
export class Calendar {
  readonly #clock: SimulatorClock;
  readonly #dice: Dice;
  readonly #mailboxes: Mailboxes;
  readonly #tell: (change: CalendarChange) => void;
  #meetings = 0;

  constructor(
    ports: { readonly clock: SimulatorClock; readonly dice: Dice; readonly mailboxes: Mailboxes },
    tell: (change: CalendarChange) => void,
  ) {
    this.#clock = ports.clock;
    this.#dice = ports.dice;
    this.#mailboxes = ports.mailboxes;
    this.#tell = tell;
  }

  /** Creates an event and invites its attendees. Throws Graph's 400. */
  create(mailbox: Mailbox, created: NewEvent): StoredEvent {
    const owner = { address: mailbox.spec.mail, name: mailbox.spec.displayName };
    const zoneName = mailbox.settings.timeZone;
    const empty = emptyContent(created.organizer ?? owner, { zone: ianaZoneOf(zoneName) ?? "UTC", zoneName });
    const body = created.change.body ?? ({ contentType: "html", content: "" } as const);
    const content = applyChange(empty, { ...created.change, body }, () => this.#newBlob(mailbox));
    const ids = mailbox.newIds();
    const event = this.#store(mailbox, {
      ...content,
      ...ids,
      attachments: content.attachments.map((attachment, at) => withAttachmentId(attachment, ids.id, at)),
      iCalUId: this.#newICalUId(ids.id),
      type: content.recurrence ? "seriesMaster" : "singleInstance",
      isOrganizer: created.organizer === undefined,
      transactionId: created.transactionId ?? null,
      createdAt: this.#clock.now(),
      modifiedAt: 0,
      changeKey: "",
      versions: 0,
      patchesByApp: {},
      responseStatus: created.organizer ? notAnswered : organizerAnswer,
      exceptionOf: null,
    });
    this.#tellOf(mailbox, "created", event);
    if (event.isOrganizer) this.#sendToAttendees(mailbox, event, []);
    return event;
  }

  /** Changes an event; changing an occurrence makes it an exception of its series. Throws Graph's 400. */
  update(mailbox: Mailbox, item: CalendarItem, change: EventChange, by: Writer): StoredEvent {
    const before = item.kind === "event" ? item.event : this.#exceptionFrom(item.occurrence);
    const content = applyChange(before, change, () => this.#newBlob(mailbox));
    if (before.exceptionOf) checkNeighbours(mailbox, before.exceptionOf, before, content);
    const moved = before.type === "seriesMaster" && movesSeries(before, content);
    if (moved) mailbox.dropExceptions(before.id);
    const patches = before.patchesByApp;
    const event = this.#store(mailbox, {
      ...before,
      ...content,
      cancelledDates: moved ? [] : content.cancelledDates,
      type: before.exceptionOf ? "exception" : content.recurrence ? "seriesMaster" : "singleInstance",
      patchesByApp:
        by.kind === "app" ? { ...patches, [by.clientId]: (patches[by.clientId] ?? 0) + 1 } : patches,
    });
    this.#tellOf(mailbox, "updated", event);
    if (event.isOrganizer && touchesShared(change)) this.#sendToAttendees(mailbox, event, before.attendees);
    return event;
  }

  /**
   * An attendee's answer: kept in the own copy (a declined one goes), and told to the organiser unless
   * `isSent` is false.
   */
  respond(mailbox: Mailbox, item: CalendarItem, answer: MeetingAnswer): void {
    const before = item.kind === "event" ? item.event : this.#exceptionFrom(item.occurrence);
    const at = this.#clock.now();
    if (answer.response === "declined") this.remove(mailbox, item);
    else {
      const showAs = answer.response === "accepted" ? "busy" : "tentative";
      const responseStatus = { response: answer.response, at };
      this.#tellOf(mailbox, "updated", this.#store(mailbox, { ...before, showAs, responseStatus }));
    }
    if (!answer.isSent) return;
    const organiser = this.#mailboxes.byAddress(before.organizer.address);
    const meeting = organiser && this.#copyIn(organiser, before);
    if (!organiser || !meeting?.isOrganizer) return;
    const own = mailbox.spec.mail.toLowerCase();
    const attendees = meeting.attendees.map((attendee) =>
      attendee.address.toLowerCase() === own
        ? { ...attendee, response: answer.response, respondedAt: at, proposal: answer.proposal }
        : attendee,
    );
    this.#tellOf(organiser, "updated", this.#store(organiser, { ...meeting, attendees }));
  }

  /** Deletes an event or one occurrence; the organiser's deletion cancels it for the attendees. */
  remove(mailbox: Mailbox, item: CalendarItem): void {
    const exceptionOf = item.kind === "event" ? item.event.exceptionOf : null;
    if (item.kind === "occurrence")
      this.#removeOccurrence(mailbox, item.occurrence.master, item.occurrence.date);
    else if (exceptionOf) {
      mailbox.remove(item.event);
      const master = mailbox.find(exceptionOf.masterId);
      if (master?.kind === "event") this.#removeOccurrence(mailbox, master.event, exceptionOf.date);
    } else {
      mailbox.remove(item.event);
      if (item.event.isOrganizer) this.#cancelForAttendees(item.event, item.event.attendees);
    }
    const changeKey = item.kind === "event" ? item.event.changeKey : item.occurrence.master.changeKey;
    this.#tell({ mailbox, changeType: "deleted", ids: idsOf(item), changeKey });
  }

  #removeOccurrence(mailbox: Mailbox, master: StoredEvent, date: string): void {
    const event = this.#store(mailbox, { ...master, cancelledDates: [...master.cancelledDates, date] });
    this.#tellOf(mailbox, "updated", event);
    if (event.isOrganizer) this.#sendToAttendees(mailbox, event, event.attendees);
  }

  #exceptionFrom({ master, date, startAt, endAt }: Occurrence): StoredEvent {
    const ids = idsOf({ kind: "occurrence", occurrence: { master, date, startAt, endAt } });
    return {
      ...master,
      ...ids,
      startAt,
      endAt,
      recurrence: null,
      cancelledDates: [],
      iCalUId: occurrenceICalUId(master.iCalUId, date),
      type: "exception",
      versions: 0,
      patchesByApp: {},
      exceptionOf: { masterId: master.id, date, plannedAt: startAt },
    };
  }

  #store(mailbox: Mailbox, draft: StoredEvent): StoredEvent {
    const event = {
      ...draft,
      changeKey: mailbox.newChangeKey(),
      modifiedAt: this.#clock.now(),
      versions: draft.versions + 1,
    };
    mailbox.put(event);
    return event;
  }

  #tellOf(mailbox: Mailbox, changeType: CalendarChange["changeType"], event: StoredEvent): void {
    this.#tell({ mailbox, changeType, ids: event, changeKey: event.changeKey });
  }

  /** Brings every attendee's copy in line with the organiser's event. */
  #sendToAttendees(organiser: Mailbox, event: StoredEvent, before: StoredEvent["attendees"]): void {
    const invited = new Set(event.attendees.map((attendee) => attendee.address.toLowerCase()));
    this.#cancelForAttendees(
      event,
      before.filter((former) => !invited.has(former.address.toLowerCase())),
    );
    for (const attendee of event.attendees) {
      const mailbox = this.#mailboxes.byAddress(attendee.address);
      if (mailbox && mailbox !== organiser) this.#putCopy(mailbox, event);
    }
  }

  #putCopy(mailbox: Mailbox, event: StoredEvent): void {
    const copy = this.#copyIn(mailbox, event);
    if (copy) {
      const shared = sharedContentOf(event);
      if (copy.type === "seriesMaster" && movesSeries(copy, { ...copy, ...shared }))
        mailbox.dropExceptions(copy.id);
      this.#tellOf(mailbox, "updated", this.#store(mailbox, { ...copy, ...shared, type: event.type }));
      return;
    }
    if (event.exceptionOf) return;
    const own: Partial<EventContent> = { categories: [], showAs: "tentative", ...ownParts() };
    const created = this.#store(mailbox, {
      ...event,
      ...own,
      ...mailbox.newIds(),
      isOrganizer: false,
      transactionId: null,
      createdAt: this.#clock.now(),
      versions: 0,
      patchesByApp: {},
      responseStatus: notAnswered,
    });
    this.#tellOf(mailbox, "created", created);
    if (mailbox.spec.automateProcessing === "autoAccept")
      this.respond(
        mailbox,
        { kind: "event", event: created },
        { response: "accepted", isSent: true, proposal: null },
      );
  }

  /** The copy of the organiser's event in a mailbox; of an exception, made from its series when need be. */
  #copyIn(mailbox: Mailbox, event: StoredEvent): StoredEvent | null {
    if (!event.exceptionOf) return mailbox.findByICalUId(event.iCalUId);
    const { date } = event.exceptionOf;
    const master = mailbox.findByICalUId(seriesICalUId(event.iCalUId));
    if (!master) return null;
    const known = mailbox.exceptionsOf(master.id).get(date);
    if (known) return known;
    const durationMs = master.endAt - master.startAt;
    const startAt = event.exceptionOf.plannedAt;
    return this.#exceptionFrom({ master, date, startAt, endAt: startAt + durationMs });
  }

  #cancelForAttendees(event: StoredEvent, attendees: StoredEvent["attendees"]): void {
    for (const attendee of attendees) {
      const mailbox = this.#mailboxes.byAddress(attendee.address);
      const copy = mailbox && this.#copyIn(mailbox, event);
      if (!copy || copy.isOrganizer || copy.isCancelled) continue;
      const subject = `Canceled: ${copy.subject}`;
      const cancelled = this.#store(mailbox, { ...copy, subject, isCancelled: true, showAs: "free" });
      this.#tellOf(mailbox, "updated", cancelled);
    }
  }

  #newBlob(mailbox: Mailbox): MeetingBlob {
    const meeting = ++this.#meetings;
    const bytes = this.#dice.bytes("online meeting", mailbox.spec.userId, meeting);
    return meetingBlob(bytes.toString("hex").slice(0, 40), String(bytes.readUInt32BE(0) % 1_000_000_000));
  }

  #newICalUId(id: string): string {
    return `040000008200E00074C5B7101A82E008${this.#dice.bytes("iCalUId", id).toString("hex").toUpperCase()}`;
  }
}

/** Throws 400 when a moved occurrence crosses or overlaps the ones beside it in its series. */
const checkNeighbours = (
  mailbox: Mailbox,
  { masterId, date }: NonNullable<StoredEvent["exceptionOf"]>,
  before: EventContent,
  after: EventContent,
): void => {
  if (before.startAt === after.startAt && before.endAt === after.endAt) return;
  const master = mailbox.find(masterId);
  if (master?.kind !== "event") return;
  const beside = neighboursOf(master.event, date);
  const exceptions = mailbox.exceptionsOf(masterId);
  const placeOf = (slot: Slot | null) => slot && (exceptions.get(slot.date) ?? slot);
  const [previous, next] = [placeOf(beside.before), placeOf(beside.after)];
  if ((previous && after.startAt < previous.endAt) || (next && after.endAt > next.startAt))
    throw badRequest(
      "Modified occurrence is crossing or overlapping adjacent occurrence.",
      "ErrorOccurrenceCrossingBoundary",
    );
};

/** The iCalUId of an occurrence: differs per occurrence (event resource page), derived from the series. */
export const occurrenceICalUId = (seriesUId: string, date: string): string =>
  `${seriesUId}${date.replaceAll("-", "")}`;

const seriesICalUId = (occurrenceUId: string): string => occurrenceUId.slice(0, -8);
