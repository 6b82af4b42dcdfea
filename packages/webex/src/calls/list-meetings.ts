import type { Exchange } from "../http/exchange.ts";
import { type Page, pagesOf } from "../http/pages.ts";
import { Meeting } from "../models/meeting.ts";

/** Which meetings. At most one of `meetingNumber`, `webLink` and `roomId`. */
export interface MeetingFilter {
  readonly meetingNumber?: string | undefined;
  readonly webLink?: string | undefined;
  readonly roomId?: string | undefined;
  /** What `createMeeting` gave the meeting. */
  readonly integrationTag?: string | undefined;
  /** Whose meetings: for administrators and service apps alone. */
  readonly hostEmail?: string | undefined;
  readonly siteUrl?: string | undefined;
  /** ISO 8601; from a week ago to a week ahead when both are left out. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly meetingType?: "meetingSeries" | "scheduledMeeting" | "meeting" | undefined;
  /** At most 100. */
  readonly max?: number | undefined;
}

/** GET /v1/meetings: meetings. Page by page; rejects with ProviderError. */
export const listMeetings = (
  exchange: Exchange,
  filter: MeetingFilter,
  signal: AbortSignal,
): AsyncGenerator<Page<Meeting>, void, undefined> =>
  pagesOf<Meeting>(exchange, { route: "/v1/meetings", query: { ...filter }, schema: Meeting }, signal);
