import { askJson, type Exchange } from "../http/exchange.ts";
import { Meeting } from "../models/meeting.ts";

/** Somebody who is invited to a meeting. */
export interface MeetingInvitee {
  readonly email: string;
  readonly displayName?: string | undefined;
  readonly coHost?: boolean | undefined;
}

/** What of a meeting can be set, also later. What is left out is as the site has it. */
export interface MeetingOptions {
  /** At most 1,300 characters. */
  readonly agenda?: string | undefined;
  readonly password?: string | undefined;
  /** IANA; UTC when left out. */
  readonly timezone?: string | undefined;
  /** RFC 2445. */
  readonly recurrence?: string | undefined;
  readonly enabledJoinBeforeHost?: boolean | undefined;
  /** 0, 5, 10 or 15. */
  readonly joinBeforeHostMinutes?: number | undefined;
  readonly allowAnyUserToBeCoHost?: boolean | undefined;
  readonly publicMeeting?: boolean | undefined;
  readonly unlockedMeetingJoinSecurity?: "allowJoin" | "allowJoinWithLobby" | "blockFromJoin" | undefined;
  /** Whether Webex writes to host and invitees; true when left out. */
  readonly sendEmail?: boolean | undefined;
  /** Whose meeting it is: for administrators and service apps alone. */
  readonly hostEmail?: string | undefined;
  /** At most three of 64 characters; meetings are found again by them. */
  readonly integrationTags?: readonly string[] | undefined;
}

/** A meeting to be made. */
export interface CreateMeeting extends MeetingOptions {
  /** At most 128 characters. */
  readonly title: string;
  /** ISO 8601, not in the past. */
  readonly start: string;
  /** ISO 8601, 10 minutes to 23 hours and 59 minutes after the start. */
  readonly end: string;
  /** A host name. */
  readonly siteUrl?: string | undefined;
  /** Needs the scope `spark:all`, and membership. */
  readonly roomId?: string | undefined;
  readonly scheduledType?: "meeting" | "webinar" | "personalRoomMeeting" | undefined;
  readonly invitees?: readonly MeetingInvitee[] | undefined;
}

/**
 * POST /v1/meetings. Rejects with ProviderError; when the answer was lost the meeting may exist, so look for
 * its integration tag before asking again.
 */
export const createMeeting = async (
  exchange: Exchange,
  order: CreateMeeting,
  signal: AbortSignal,
): Promise<Meeting> =>
  await askJson(exchange, { method: "POST", route: "/v1/meetings", body: order, schema: Meeting }, signal);
