import { z } from "zod";
import { readMoment } from "../calendar/event-input.ts";
import type { Mailbox } from "../calendar/mailbox.ts";
import type { Mailboxes } from "../calendar/mailboxes.ts";
import type { CalendarItem } from "../calendar/stored-event.ts";
import { localDateTime } from "../calendar/time-zones.ts";
import { badRequest } from "../http/graph-fault.ts";
import { dateTimeTimeZone, readParameters } from "../schemas/write-body.ts";
import { applied, contentOf, contextOf } from "./event-access.ts";
import { type Answer, calendarReaders, type MailboxCall, type Operation } from "./operation.ts";

const minuteMs = 60_000;
/** Of one request: addresses, and the period (free/busy reference page). */
const schedulesMax = 20;
const periodMsMax = 42 * 24 * 60 * minuteMs;

const scheduleShape = z.strictObject({
  schedules: z.array(z.string().min(1)).min(1),
  startTime: dateTimeTimeZone,
  endTime: dateTimeTimeZone,
  availabilityViewInterval: z.int().nullish(),
});

interface Period {
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalMs: number;
}

const periodOf = (given: z.infer<typeof scheduleShape>): Period => {
  const wrong = (text: string): Error => badRequest(text, "ErrorInvalidRequest");
  const fromMs = readMoment(given.startTime, "startTime").at;
  const toMs = readMoment(given.endTime, "endTime").at;
  const minutes = given.availabilityViewInterval ?? 30;
  if (toMs <= fromMs) throw wrong("The end of the period lies before its start.");
  if (toMs - fromMs > periodMsMax) throw wrong("The requested period is longer than 42 days.");
  if (minutes < 5 || minutes > 1_440) throw wrong("availabilityViewInterval must be 5 to 1440 minutes.");
  if (minutes * minuteMs > toMs - fromMs) throw wrong("availabilityViewInterval is longer than the period.");
  if (given.schedules.length > schedulesMax)
    throw badRequest(`At most ${schedulesMax} schedules can be asked for at once.`, "ErrorTooManyMailboxes");
  return { fromMs, toMs, intervalMs: minutes * minuteMs };
};

/** In one slot the first of these wins; its digit stands in the view. */
const precedence: readonly (readonly [string, string])[] = [
  ["oof", "3"],
  ["busy", "2"],
  ["tentative", "1"],
  ["workingElsewhere", "4"],
];

interface Span {
  readonly startAt: number;
  readonly endAt: number;
  readonly status: string;
}

const spanOf = (item: CalendarItem): Span => {
  const { startAt, endAt } = item.kind === "event" ? item.event : item.occurrence;
  return { startAt, endAt, status: contentOf(item).showAs };
};

const viewOf = (spans: readonly Span[], { fromMs, toMs, intervalMs }: Period): string => {
  let view = "";
  for (let at = fromMs; at < toMs; at += intervalMs) {
    const here = spans.filter((span) => span.startAt < at + intervalMs && span.endAt > at);
    view += precedence.find(([status]) => here.some((span) => span.status === status))?.[1] ?? "0";
  }
  return view;
};

const scheduleOf = (call: MailboxCall, mailbox: Mailbox, period: Period): object => {
  const items = mailbox.view(period.fromMs, period.toMs).filter((item) => !contentOf(item).isCancelled);
  const zone = call.prefer.timeZone?.zone ?? "UTC";
  const timeZone = call.prefer.timeZone?.name ?? "UTC";
  const moment = (at: number) => ({ dateTime: localDateTime(at, zone), timeZone });
  const shown = items.map((item) => {
    const { sensitivity, subject, location } = contentOf(item);
    const { startAt, endAt, status } = spanOf(item);
    const isPrivate = sensitivity === "private" || sensitivity === "confidential";
    const words = isPrivate ? {} : { subject, location: location.displayName };
    return { isPrivate, status, ...words, start: moment(startAt), end: moment(endAt) };
  });
  return {
    availabilityView: viewOf(items.map(spanOf), period),
    scheduleItems: shown,
    workingHours: mailbox.settings.workingHours,
  };
};

const getSchedule =
  (mailboxes: Mailboxes) =>
  (call: MailboxCall): Answer => {
    const given = readParameters(scheduleShape, call.body);
    const period = periodOf(given);
    const value = given.schedules.map((scheduleId) => {
      const mailbox = mailboxes.byAddress(scheduleId);
      if (mailbox?.spec.tenantId === call.caller.tenantId)
        return { scheduleId, ...scheduleOf(call, mailbox, period) };
      const message = `Unable to resolve e-mail address ${scheduleId} to an Active Directory object.`;
      const error = { message, responseCode: "ErrorMailRecipientNotFound" };
      return { scheduleId, availabilityView: "", scheduleItems: [], error };
    });
    return {
      status: 200,
      headers: applied(call),
      body: { "@odata.context": contextOf(call, "calendar/getSchedule"), value },
    };
  };

/** Free and busy times. */
export const scheduleOperations = (mailboxes: Mailboxes): Operation[] => [
  {
    family: "mailbox",
    method: "POST",
    path: "/users/:userId/calendar/getSchedule",
    roles: calendarReaders,
    query: [],
    handle: getSchedule(mailboxes),
  },
];
