import type { Event } from "@microsoft/microsoft-graph-types";
import type { GraphClient } from "../../graph-client.ts";
import { whatOf } from "../../middleware/graph-call.ts";
import { type GraphEvent, graphEventSchema, readAnswer } from "../../models.ts";
import { eventCall } from "../event-call.ts";
import { htmlBodies, immutableIds, prefer } from "../prefer.ts";
import { type UserCall, userPath } from "../user-path.ts";
import { type MeetingWords, meetingBody } from "./meeting-body.ts";

/** A meeting that a person schedules; Exchange invites whom it names. */
export interface CreateMeeting extends UserCall, MeetingWords {
  readonly subject: string;
  readonly start: NonNullable<MeetingWords["start"]>;
  readonly end: NonNullable<MeetingWords["end"]>;
  /** What the invitation says, without markup. */
  readonly text: string;
  readonly showAs: "busy" | "free" | "tentative";
  readonly isPrivate: boolean;
  /** The same for every repetition of the same order: Graph then gives back the event that there is. */
  readonly transactionId: string;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "<br>" };

/** HTML, as Outlook itself writes: a body of plain text cannot be edited later without loss. */
const htmlOf = (text: string): string =>
  `<div>${text.replaceAll("\r\n", "\n").replaceAll(/[&<>\n]/g, (sign) => entities[sign] ?? sign)}</div>`;

/**
 * Puts a meeting into a person's calendar. Repeating is safe by `transactionId`. Throws ProviderError
 * invalidRequest with what Graph says, outOfScope, mailboxMissing and the usual ones.
 */
export const createMeeting =
  (graph: GraphClient) =>
  async (order: CreateMeeting): Promise<GraphEvent> => {
    const call = eventCall(order, "meetings.create");
    const body: Event = {
      ...meetingBody(order),
      body: { contentType: "html", content: htmlOf(order.text) },
      showAs: order.showAs,
      sensitivity: order.isPrivate ? "private" : "normal",
      transactionId: order.transactionId,
    };
    const path = `${userPath(order.userObjectId)}/events`;
    const headers = prefer(immutableIds, htmlBodies);
    const answer = await graph.request(call, { method: "POST", path, headers, body });
    return readAnswer(graphEventSchema, answer, whatOf(call));
  };
