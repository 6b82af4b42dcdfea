import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { ListedMeeting } from "../domain/join.ts";
import type { Access } from "./access.ts";
import type { MailboxRow, MeetingView } from "./meeting-view.ts";
import { notReady, Refused } from "./refused.ts";

// What a request asks for, found by who asks.

/** Where it is looked for. */
export interface AskedParts {
  readonly access: Access;
  readonly lists: MeetingView;
}

/** What was sent, as the schema has it. Throws Refused 400 that names every fault. */
export const read = <Shape extends z.ZodType>(shape: Shape, given: unknown): z.output<Shape> => {
  const { success, data, error } = shape.safeParse(given);
  if (success) return data;
  const faults = error.issues.map(({ path, message }) => `${path.join(".") || "the request"}: ${message}`);
  throw new Refused(400, "invalidRequest", faults.join("; "));
};

/** Throws Refused 503 while the lists are being made. */
export const mustBeReady = (lists: MeetingView): void => {
  const reason = lists.notReady();
  if (reason !== null) throw notReady(reason);
};

/** The meeting that the path names, in the list of who asks. Throws Refused 404. */
export const meetingFor = async (
  { access, lists }: AskedParts,
  request: FastifyRequest,
): Promise<ListedMeeting> => {
  mustBeReady(lists);
  const { id } = request.params as { readonly id: string };
  const meeting = await lists.one(access.of(request).user, id);
  if (!meeting) throw new Refused(404, "notFound", "Your list has no such meeting.");
  return meeting;
};

/** The mailbox of who asks. Throws Refused 409. */
export const mailboxFor = async (
  { access, lists }: AskedParts,
  request: FastifyRequest,
): Promise<MailboxRow> => {
  mustBeReady(lists);
  const mailbox = await lists.mailboxOf(access.of(request).user);
  if (!mailbox) throw new Refused(409, "notActive", "Your calendar is not connected at present.");
  return mailbox;
};
