import { randomUUID } from "node:crypto";
import type { MeetingRulesOf } from "@hybrid/address-rules";
import { textDigest } from "@hybrid/contracts";
import { type ActorId, instant, minutes, orgOf, ProviderError } from "@hybrid/kernel";
import type { CompiledRules } from "@hybrid/meeting-links";
import type { GraphEvent, MeetingResponse, MeetingWords, MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { z } from "zod";
import { meetingOf } from "../adapters/meeting-of-event.ts";
import { meetingIdOf } from "../domain/after-page.ts";
import type { JoinPolicy, ListedMeeting } from "../domain/join.ts";
import { itemOf } from "./item.ts";
import type { MailboxRow } from "./meeting-view.ts";
import { Refused } from "./refused.ts";
import type { MeetingItem } from "./schemas.ts";
import type {
  AnswerRequest,
  CancelRequest,
  ChangeRequest,
  FreeBusy,
  FreeBusyRequest,
  ScheduleRequest,
} from "./write-schemas.ts";

/** How a person's calendar is reached. */
export interface CalendarPorts {
  readonly events: Pick<MicrosoftGraph["events"], "get">;
  readonly meetings: MicrosoftGraph["meetings"];
  readonly policy: JoinPolicy;
  readonly rulesOf: MeetingRulesOf;
}

const iso = (at: number): string => new Date(at).toISOString();
const momentOf = (text: string) => instant(Date.parse(text));

/** Graph takes a transactionId of any text; the user's id keeps the keys of two people apart. */
const transactionIdOf = (user: ActorId, key: string | null): string =>
  key === null ? randomUUID() : textDigest(`${user} ${key}`);

const wordsOf = ({ subject, start, end, location, attendees }: ChangeRequest): MeetingWords => ({
  ...(subject === undefined ? {} : { subject }),
  ...(start === undefined ? {} : { startAt: momentOf(start) }),
  ...(end === undefined ? {} : { endAt: momentOf(end) }),
  ...(location === undefined ? {} : { location }),
  ...(attendees === undefined ? {} : { invitees: attendees }),
});

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

  /** Puts a meeting into the calendar; the same key makes no second one. */
  async schedule(request: ScheduleRequest, key: string | null): Promise<MeetingItem> {
    const { subject, start, end, location, keyword, attendees, text, showAs, isPrivate } = request;
    // Before anything is written: an answer that cannot be told afterwards would be asked for again.
    const rules = await this.#rules();
    const event = await this.#ports.meetings.create({
      ...this.#call(),
      subject,
      startAt: momentOf(start),
      endAt: momentOf(end),
      location: [location, keyword ?? ""].filter((part) => part !== "").join("; "),
      invitees: attendees,
      text,
      showAs,
      isPrivate,
      transactionId: transactionIdOf(this.#user, key),
    });
    return this.#itemOf(event, rules);
  }

  /** Changes an own meeting, if it is still the version that was seen. Throws Refused 412 with the newer. */
  async change(meeting: ListedMeeting, request: ChangeRequest, etag: string): Promise<MeetingItem> {
    mustOrganise(meeting, "change");
    const rules = await this.#rules();
    try {
      const order = { ...this.#call(), eventId: meeting.eventId, etag, ...wordsOf(request) };
      return this.#itemOf(await this.#ports.meetings.change(order), rules);
    } catch (error) {
      if (!(error instanceof ProviderError && error.code === "preconditionFailed")) throw error;
      throw changed(this.#itemOf(await this.#eventNow(meeting), rules));
    }
  }

  /** Calls an own meeting off. */
  async cancel(
    meeting: ListedMeeting,
    { comment }: z.output<typeof CancelRequest>,
    etag: string | null,
  ): Promise<void> {
    mustOrganise(meeting, "cancel");
    await this.#mustBe(meeting, etag);
    await this.#ports.meetings.cancel({ ...this.#call(), eventId: meeting.eventId, comment });
  }

  /** Answers an invitation. */
  async respond(
    meeting: ListedMeeting,
    response: MeetingResponse,
    {
      comment,
      sendResponse,
      etag,
    }: z.output<typeof AnswerRequest> & {
      readonly etag: string | null;
    },
  ): Promise<void> {
    await this.#mustBe(meeting, etag);
    const { eventId } = meeting;
    await this.#ports.meetings.respond({ ...this.#call(), eventId, response, comment, sendResponse });
  }

  /** When people and rooms are free, and nothing else of them. */
  async freeBusy(request: z.output<typeof FreeBusyRequest>): Promise<FreeBusy> {
    const { schedules, start, end, availabilityViewInterval: intervalMinutes } = request;
    const found = await this.#ports.meetings.getSchedule({
      ...this.#call(),
      addresses: schedules,
      startAt: momentOf(start),
      endAt: momentOf(end),
      intervalMinutes,
    });
    return {
      schedules: found.map(({ address, availabilityView, busy, error }) => ({
        address,
        availabilityView,
        busy: busy.map(({ startAt, endAt, status }) => ({ start: iso(startAt), end: iso(endAt), status })),
        error,
      })),
    };
  }

  #call() {
    return { ...this.#mailbox, signal: AbortSignal.timeout(minutes(0.5)) };
  }

  async #eventNow({ eventId }: ListedMeeting): Promise<GraphEvent> {
    const { event, etag } = await this.#ports.events.get({ ...this.#call(), eventId });
    return { ...event, "@odata.etag": etag };
  }

  /** Graph's actions take no If-Match: it is looked at just before, and a change may slip in between. */
  async #mustBe(meeting: ListedMeeting, etag: string | null): Promise<void> {
    if (etag === null) return;
    const event = await this.#eventNow(meeting);
    if (event["@odata.etag"] !== etag) throw changed(this.#itemOf(event, await this.#rules()));
  }

  async #rules(): Promise<CompiledRules> {
    return (await this.#ports.rulesOf(orgOf(this.#user), this.#call().signal)).all;
  }

  #itemOf(event: GraphEvent, rules: CompiledRules): MeetingItem {
    const meeting = meetingOf(event, rules);
    if (meeting) return itemOf({ ...meeting, id: meetingIdOf(event.id) }, this.#ports.policy);
    throw new ProviderError("Graph's answer says too little of the event", {
      code: "unexpected",
      retryable: false,
    });
  }
}

const changed = (current: MeetingItem): Refused =>
  new Refused(412, "preconditionFailed", "The meeting has changed since; `current` is how it is now.", {
    current,
  });

const mustOrganise = ({ isOrganizer }: ListedMeeting, what: string): void => {
  if (!isOrganizer)
    throw new Refused(403, "notOrganizer", `Only its organiser can ${what} a meeting; answer it instead.`);
};
