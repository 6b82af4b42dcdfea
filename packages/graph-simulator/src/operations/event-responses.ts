import { z } from "zod";
import type { Calendar } from "../calendar/calendar.ts";
import { readMoment } from "../calendar/event-input.ts";
import { badRequest } from "../http/graph-fault.ts";
import { dateTimeTimeZone, readParameters } from "../schemas/write-body.ts";
import { contentOf, eventCollections, eventItemOf } from "./event-access.ts";
import { type Answer, calendarWriters, type MailboxCall, type Operation } from "./operation.ts";

const answer = { comment: z.string().nullish(), sendResponse: z.boolean().nullish() };
const timeSlot = z.strictObject({ start: dateTimeTimeZone, end: dateTimeTimeZone });

const acceptShape = z.strictObject(answer);
const otherShape = z.strictObject({ ...answer, proposedNewTime: timeSlot.nullish() });
const cancelShape = z.strictObject({ comment: z.string().nullish() });

type Response = "accepted" | "tentativelyAccepted" | "declined";

const refuse = (why: string): Error =>
  badRequest(`Your request can't be completed. ${why}`, "ErrorInvalidRequest");

const respond =
  (calendar: Calendar, response: Response) =>
  (call: MailboxCall): Answer => {
    const shape: z.ZodType<z.infer<typeof otherShape>> = response === "accepted" ? acceptShape : otherShape;
    const given = readParameters(shape, call.body);
    const item = eventItemOf(call);
    const event = contentOf(item);
    if (event.isOrganizer)
      throw refuse("You can't respond to this meeting because you're the meeting organizer.");
    const wanted = given.proposedNewTime;
    const isSent = given.sendResponse !== false;
    if (isSent && !event.responseRequested) throw refuse("The organizer has not requested a response.");
    if (wanted && !event.allowNewTimeProposals)
      throw refuse("The organizer does not allow new time proposals.");
    if (wanted && !isSent) throw refuse("A proposal of a new time needs sendResponse to be true.");
    const proposal = wanted && {
      startAt: readMoment(wanted.start, "proposedNewTime/start").at,
      endAt: readMoment(wanted.end, "proposedNewTime/end").at,
    };
    calendar.respond(call.mailbox, item, { response, isSent, proposal: proposal ?? null });
    return { status: 202 };
  };

const cancel =
  (calendar: Calendar) =>
  (call: MailboxCall): Answer => {
    readParameters(cancelShape, call.body);
    const item = eventItemOf(call);
    if (!contentOf(item).isOrganizer) throw refuse("You need to be an organizer to cancel a meeting.");
    calendar.remove(call.mailbox, item);
    return { status: 202 };
  };

/** What people do with an invitation: accept, decline, accept tentatively, and cancel their own. */
export const responseOperations = (calendar: Calendar): Operation[] => {
  const actions: Readonly<Record<string, (call: MailboxCall) => Answer>> = {
    accept: respond(calendar, "accepted"),
    tentativelyAccept: respond(calendar, "tentativelyAccepted"),
    decline: respond(calendar, "declined"),
    cancel: cancel(calendar),
  };
  return eventCollections.flatMap((path) =>
    Object.entries(actions).map(
      ([name, handle]): Operation => ({
        family: "mailbox",
        method: "POST",
        path: `${path}/:eventId/${name}`,
        roles: calendarWriters,
        query: [],
        handle,
      }),
    ),
  );
};
