import { randomUUID } from "node:crypto";
import type { MeetingRulesOf } from "@hybrid/address-rules";
import { textDigest } from "@hybrid/contracts";
import { HttpFault } from "@hybrid/http-api";
import { type ActorId, instant, minutes, orgOf, ProviderError } from "@hybrid/kernel";
import type { CompiledRules } from "@hybrid/meeting-links";
import {
  type GraphEvent,
  type MeetingResponse,
  type MeetingWords,
  type MicrosoftGraph,
  schedulesMax,
} from "@hybrid/microsoft-graph";
import type { z } from "zod";
import { meetingOf } from "../adapters/meeting-of-event.ts";
import { meetingIdOf } from "../domain/after-page.ts";
import type { JoinPolicy, ListedMeeting } from "../domain/join.ts";
import { isGone } from "./calendar-faults.ts";
import { hasWords } from "./has-words.ts";
import { itemOf } from "./item.ts";
import { wordsOfWhen } from "./meeting-times.ts";
import type { MailboxRow } from "./meeting-view.ts";
import type { MeetingItem } from "./schemas.ts";
import {
  dayBefore,
  dayIn,
  hasExceptionsBefore,
  plannedAtOf,
  type SeriesOfEvent,
  seriesOfEvent,
} from "./series-of-event.ts";
import { firstOf } from "./series-request.ts";
import { endingOn, seriesWords } from "./series-words.ts";
import type {
  AnswerRequest,
  CancelRequest,
  ChangeRequest,
  FreeBusy,
  FreeBusyRequest,
  ScheduleRequest,
  Scope,
} from "./write-schemas.ts";

/** How a person's calendar is reached. */
export interface CalendarPorts {
  readonly events: Pick<MicrosoftGraph["events"], "get">;
  readonly meetings: MicrosoftGraph["meetings"];
  readonly policy: JoinPolicy;
  readonly rulesOf: MeetingRulesOf;
}

/** Which meeting, and as what it was seen. */
export interface Aim {
  readonly meeting: ListedMeeting;
  readonly scope: Scope;
  /** Null: whatever it is now. */
  readonly etag: string | null;
  /** It may have been carried out already, and nobody knows. */
  readonly isAgain: boolean;
}

/** A meeting that was written, and its event: by that it is found before it is on the list. */
export interface Written {
  readonly item: MeetingItem;
  readonly eventId: string;
}

const iso = (at: number): string => new Date(at).toISOString();
const momentOf = (text: string) => instant(Date.parse(text));

/** Graph takes a transactionId of any text; the user's id keeps the keys of two people apart. */
const transactionIdOf = (user: ActorId, key: string | null): string =>
  key === null ? randomUUID() : textDigest(`${user} ${key}`);

const plainWords = ({ subject, location, attendees }: ChangeRequest): MeetingWords => ({
  ...(subject === undefined ? {} : { subject }),
  ...(location === undefined ? {} : { location }),
  ...(attendees === undefined ? {} : { invitees: attendees }),
});

const tooLittle = (): ProviderError =>
  new ProviderError("Graph's answer says too little of the event", { code: "unexpected", retryable: false });

/** The calendar of the one person who asks: nothing here names another mailbox. */
export class OwnCalendar {
  readonly #ports: CalendarPorts;
  readonly #mailbox: { readonly tenantId: string; readonly userObjectId: string };
  readonly #user: ActorId;

  constructor(ports: CalendarPorts, user: ActorId, { tenantId, objectId }: MailboxRow) {
    this.#ports = ports;
    this.#user = user;
    this.#mailbox = { tenantId, userObjectId: objectId };
  }

  /** Puts a meeting into the calendar; the same key makes no second one. Of a series the first is told. */
  async schedule(request: ScheduleRequest, key: string | null): Promise<Written> {
    const { subject, location, keyword, attendees, text, showAs, isPrivate } = request;
    // Before anything is written: an answer that cannot be told afterwards would be asked for again.
    const rules = await this.#rules();
    const { start, end, ...when } = wordsOfWhen(request);
    if (!start || !end) throw new TypeError("a meeting without times was let through");
    const event = await this.#ports.meetings.create({
      ...this.#call(),
      subject,
      start,
      end,
      ...when,
      location: [location, keyword ?? ""].filter((part) => part !== "").join("; "),
      invitees: attendees,
      text,
      showAs,
      isPrivate,
      transactionId: transactionIdOf(this.#user, key),
    });
    return await this.#written(event, rules);
  }

  /** A meeting of the calendar by its event, as it is now. Rejects with ProviderError notFound. */
  async read(eventId: string): Promise<Written & { readonly meeting: ListedMeeting }> {
    const { event } = await this.#eventNow(eventId);
    const meeting = this.#listed(event, await this.#rules());
    return { item: itemOf(meeting, this.#ports.policy), eventId, meeting };
  }

  /** Changes an own meeting, if it is the version that was seen. Rejects with HttpFault 412 and the newer. */
  async change({ meeting, scope, etag }: Aim, request: ChangeRequest): Promise<Written> {
    mustOrganise(meeting, "change");
    const rules = await this.#rules();
    if (scope === "following") throw followingOnly("changed");
    if (scope === "series") return await this.#changeSeries({ meeting, etag, rules }, request);
    if (request.recurrence !== undefined && meeting.seriesMasterId !== null)
      throw new HttpFault(
        400,
        "invalidRequest",
        "recurrence: is of the whole series; send it with scope=series",
      );
    const words = { ...plainWords(request), ...wordsOfWhen(request) };
    try {
      const order = { ...this.#call(), eventId: meeting.eventId, etag: etag ?? "*", ...words };
      return await this.#written(await this.#ports.meetings.change(order), rules);
    } catch (error) {
      if (!isConflict(error)) throw error;
      const { event } = await this.#eventNow(meeting.eventId);
      // What was asked for is there: it came a second time, or somebody else has done it.
      if (hasWords(event, words)) return await this.#written(event, rules);
      throw changed(itemOf(this.#listed(event, rules), this.#ports.policy));
    }
  }

  /** Calls an own meeting off. */
  async cancel(aim: Aim, { comment }: z.output<typeof CancelRequest>): Promise<void> {
    const { meeting, scope, isAgain } = aim;
    mustOrganise(meeting, "cancel");
    try {
      if (scope === "following") return await this.#endBefore(aim, comment);
      await this.#mustBe(aim);
      const eventId = eventIdOf(aim);
      await this.#ports.meetings.cancel({ ...this.#call(), eventId, comment });
    } catch (error) {
      // What may have been carried out has been.
      if (!(isAgain && isGone(error))) throw error;
    }
  }

  /** Answers an invitation. */
  async respond(
    aim: Aim,
    response: MeetingResponse,
    { comment, sendResponse }: z.output<typeof AnswerRequest>,
  ): Promise<void> {
    if (aim.scope === "following") throw followingOnly("answered");
    const eventId = eventIdOf(aim);
    try {
      if (aim.isAgain && (await this.#hasAnswered(eventId, response))) return;
      await this.#mustBe(aim);
      await this.#ports.meetings.respond({ ...this.#call(), eventId, response, comment, sendResponse });
    } catch (error) {
      // A meeting that was declined is gone.
      if (!(aim.isAgain && response === "decline" && isGone(error))) throw error;
    }
  }

  /** When people and rooms are free, and nothing else of them. */
  async freeBusy(request: z.output<typeof FreeBusyRequest>): Promise<FreeBusy> {
    const { schedules, start, end, availabilityViewInterval: intervalMinutes } = request;
    const period = { startAt: momentOf(start), endAt: momentOf(end), intervalMinutes };
    const call = this.#call();
    const parts = Array.from({ length: Math.ceil(schedules.length / schedulesMax) }, (_, n) =>
      schedules.slice(n * schedulesMax, (n + 1) * schedulesMax),
    );
    const found = await Promise.all(
      parts.map((addresses) => this.#ports.meetings.getSchedule({ ...call, ...period, addresses })),
    );
    return {
      schedules: found.flat().map(({ busy, ...rest }) => ({
        ...rest,
        workingHours: rest.workingHours && {
          ...rest.workingHours,
          daysOfWeek: [...rest.workingHours.daysOfWeek],
        },
        busy: busy.map(({ startAt, endAt, status }) => ({ start: iso(startAt), end: iso(endAt), status })),
      })),
    };
  }

  async #changeSeries(
    { meeting, etag, rules }: Pick<Aim, "meeting" | "etag"> & { readonly rules: CompiledRules },
    request: ChangeRequest,
  ): Promise<Written> {
    await this.#mustBe({ meeting, etag });
    const eventId = eventIdOf({ meeting, scope: "series" });
    const master = await this.#eventNow(eventId);
    const words = { ...plainWords(request), ...seriesWords(seriesIn(master.event), meeting, request) };
    try {
      const order = { ...this.#call(), eventId, etag: master.etag, ...words };
      const event = await this.#ports.meetings.change(order);
      return await this.#stillThere(meeting.eventId, event, rules);
    } catch (error) {
      if (!isConflict(error)) throw error;
      throw changed((await this.read(meeting.eventId)).item);
    }
  }

  /** Ends a series with the meeting before this one: Graph knows no such thing by itself. */
  async #endBefore(aim: Aim, comment: string): Promise<void> {
    const masterId = eventIdOf({ meeting: aim.meeting, scope: "series" });
    const { event: occurrence } = await this.#eventNow(aim.meeting.eventId);
    await this.#mustBe(aim);
    const master = await this.#eventNow(masterId, true);
    const series = seriesIn(master.event);
    const plannedAt = plannedAtOf(occurrence) ?? aim.meeting.startAt;
    const last = dayBefore(series, plannedAt);
    if (last === null)
      return await this.#ports.meetings.cancel({ ...this.#call(), eventId: masterId, comment });
    if (comment !== "")
      throw new HttpFault(
        400,
        "invalidRequest",
        "comment: a series that ends earlier is told without one; leave it out",
      );
    if (hasExceptionsBefore(master.event, series, dayIn(plannedAt, series)))
      throw new HttpFault(
        409,
        "seriesHasExceptions",
        "Earlier meetings of the series were changed or cancelled, which Exchange forgets when a series " +
          "ends earlier. Cancel the later ones one by one.",
      );
    const recurrence = endingOn(series, last);
    try {
      const order = { ...this.#call(), eventId: masterId, etag: master.etag, recurrence };
      await this.#ports.meetings.change(order);
    } catch (error) {
      if (!isConflict(error)) throw error;
      throw changed((await this.read(aim.meeting.eventId)).item);
    }
  }

  #call() {
    return { ...this.#mailbox, signal: AbortSignal.timeout(minutes(0.5)) };
  }

  async #eventNow(
    eventId: string,
    expandExceptions = false,
  ): Promise<{ readonly event: GraphEvent; readonly etag: string }> {
    const { event, etag } = await this.#ports.events.get({ ...this.#call(), eventId, expandExceptions });
    return { event: { ...event, "@odata.etag": etag }, etag };
  }

  async #hasAnswered(eventId: string, response: MeetingResponse): Promise<boolean> {
    const { event } = await this.#eventNow(eventId);
    return event.responseStatus?.response === answered[response];
  }

  /** Graph's actions take no If-Match: it is looked at just before, and a change may slip in between. */
  async #mustBe({ meeting, etag }: Pick<Aim, "meeting" | "etag">): Promise<void> {
    if (etag === null || etag === "*") return;
    const now = await this.#eventNow(meeting.eventId);
    if (now.etag !== etag)
      throw changed(itemOf(this.#listed(now.event, await this.#rules()), this.#ports.policy));
  }

  async #rules(): Promise<CompiledRules> {
    return (await this.#ports.rulesOf(orgOf(this.#user), this.#call().signal)).all;
  }

  /** The occurrence, or, where its series has no such meeting any more, the first one. */
  async #stillThere(eventId: string, master: GraphEvent, rules: CompiledRules): Promise<Written> {
    try {
      return await this.#written((await this.#eventNow(eventId)).event, rules);
    } catch (error) {
      if (!isGone(error)) throw error;
      return await this.#written(master, rules);
    }
  }

  /** What an event is told as: a series as its first meeting. */
  async #written(event: GraphEvent, rules: CompiledRules): Promise<Written> {
    const told = event.type === "seriesMaster" ? await this.#firstOf(event) : event;
    return { item: itemOf(this.#listed(told, rules), this.#ports.policy), eventId: told.id };
  }

  async #firstOf(master: GraphEvent): Promise<GraphEvent> {
    const first = firstOf(seriesIn(master));
    if (first === null) throw tooLittle();
    const window = { startAt: instant(first.startAt), endAt: instant(first.endAt) };
    const found = await this.#ports.meetings.instances({
      ...this.#call(),
      eventId: master.id,
      window,
      max: 5,
    });
    const [event] = found;
    if (!event) throw tooLittle();
    return event;
  }

  #listed(event: GraphEvent, rules: CompiledRules): ListedMeeting {
    const meeting = meetingOf(event, rules);
    if (meeting) return { ...meeting, id: meetingIdOf(event.id) };
    throw tooLittle();
  }
}

const answered: Readonly<Record<MeetingResponse, string>> = {
  accept: "accepted",
  decline: "declined",
  tentativelyAccept: "tentativelyAccepted",
};

const isConflict = (error: unknown): boolean =>
  error instanceof ProviderError && error.code === "preconditionFailed";

const seriesIn = (event: GraphEvent): SeriesOfEvent => {
  const series = seriesOfEvent(event);
  if (series === null) throw tooLittle();
  return series;
};

const eventIdOf = ({ meeting, scope }: Pick<Aim, "meeting" | "scope">): string => {
  if (scope === "occurrence") return meeting.eventId;
  if (meeting.seriesMasterId !== null) return meeting.seriesMasterId;
  throw new HttpFault(409, "noSeries", "The meeting belongs to no series; leave scope out.");
};

const followingOnly = (what: string): HttpFault =>
  new HttpFault(
    422,
    "followingRefused",
    `This and all following meetings cannot be ${what} at once: Exchange knows no such thing. ` +
      "Cancel them with scope=following, then schedule a new series.",
  );

const changed = (current: MeetingItem): HttpFault =>
  new HttpFault(412, "preconditionFailed", "The meeting has changed since; `current` is how it is now.", {
    current,
  });

const mustOrganise = ({ isOrganizer }: ListedMeeting, what: string): void => {
  if (!isOrganizer)
    throw new HttpFault(403, "notOrganizer", `Only its organiser can ${what} a meeting; answer it instead.`);
};
