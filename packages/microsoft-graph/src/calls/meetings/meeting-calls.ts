import type { GraphClient } from "../../graph-client.ts";
import type { GraphEvent } from "../../models.ts";
import { type CancelMeeting, cancelMeeting } from "./cancel-meeting.ts";
import { type ChangeMeeting, changeMeeting } from "./change-meeting.ts";
import { type CreateMeeting, createMeeting } from "./create-meeting.ts";
import { type GetSchedule, getSchedule, type Schedule } from "./get-schedule.ts";
import { type ListInstances, listInstances } from "./list-instances.ts";
import { type RespondToMeeting, respondToMeeting } from "./respond-to-meeting.ts";

/** What a person does in the own calendar. */
export interface MeetingCalls {
  create(order: CreateMeeting): Promise<GraphEvent>;
  change(order: ChangeMeeting): Promise<GraphEvent>;
  respond(order: RespondToMeeting): Promise<void>;
  cancel(order: CancelMeeting): Promise<void>;
  instances(order: ListInstances): Promise<readonly GraphEvent[]>;
  getSchedule(order: GetSchedule): Promise<readonly Schedule[]>;
}

/** The calls, on one client. */
export const meetingCalls = (graph: GraphClient): MeetingCalls => ({
  create: createMeeting(graph),
  change: changeMeeting(graph),
  respond: respondToMeeting(graph),
  cancel: cancelMeeting(graph),
  instances: listInstances(graph),
  getSchedule: getSchedule(graph),
});
