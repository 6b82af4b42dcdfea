import { HttpFault } from "@hybrid/http-api";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { ListedMeeting } from "../domain/join.ts";
import type { Access } from "./access.ts";
import { notReady } from "./calendar-faults.ts";
import type { JustWritten } from "./just-written.ts";
import type { MailboxRow, MeetingView } from "./meeting-view.ts";
import { type CalendarPorts, OwnCalendar } from "./own-calendar.ts";

// What a request asks for, found by who asks.

/** Where it is looked for. */
export interface AskedParts extends CalendarPorts {
  readonly access: Access;
  readonly lists: MeetingView;
  readonly written: JustWritten;
}

/** What was sent, as the schema has it. Throws HttpFault 400 that names every fault. */
export const read = <Shape extends z.ZodType>(shape: Shape, given: unknown): z.output<Shape> => {
  const { success, data, error } = shape.safeParse(given);
  if (success) return data;
  const faults = error.issues.map(({ path, message }) => `${path.join(".") || "the request"}: ${message}`);
  throw new HttpFault(400, "invalidRequest", faults.join("; "));
};

/** Throws HttpFault 503 while the lists are being made. */
export const mustBeReady = (lists: MeetingView): void => {
  const reason = lists.notReady();
  if (reason !== null) throw notReady(reason);
};

/** The mailbox of who asks. Rejects with HttpFault 409. */
export const mailboxFor = async (
  { access, lists }: Pick<AskedParts, "access" | "lists">,
  request: FastifyRequest,
): Promise<MailboxRow> => {
  mustBeReady(lists);
  const mailbox = await lists.mailboxOf(access.of(request).user);
  if (!mailbox) throw new HttpFault(409, "notActive", "Your calendar is not connected at present.");
  return mailbox;
};

/** The calendar of who asks. Rejects with HttpFault 409. */
export const calendarFor = async (parts: AskedParts, request: FastifyRequest): Promise<OwnCalendar> =>
  new OwnCalendar(parts, parts.access.of(request).user, await mailboxFor(parts, request));

/**
 * The meeting that the path names, in the list of who asks; one that was just written, in the own calendar.
 * Rejects with HttpFault 404.
 */
export const meetingFor = async (parts: AskedParts, request: FastifyRequest): Promise<ListedMeeting> => {
  const { access, lists, written } = parts;
  mustBeReady(lists);
  const { id } = request.params as { readonly id: string };
  const { user } = access.of(request);
  const meeting = await lists.one(user, id);
  if (meeting) return meeting;
  const eventId = await written.eventOf(user, id);
  if (eventId === null) throw new HttpFault(404, "notFound", "Your list has no such meeting.");
  return (await (await calendarFor(parts, request)).read(eventId)).meeting;
};
