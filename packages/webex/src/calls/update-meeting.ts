import { askJson, type Exchange } from "../http/exchange.ts";
import { Meeting } from "../models/meeting.ts";
import type { MeetingOptions } from "./create-meeting.ts";

/** What of a meeting changes; what is left out stays. */
export interface UpdateMeeting extends Omit<MeetingOptions, "agenda" | "recurrence"> {
  readonly meetingId: string;
  readonly title?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  /** Null takes it away. */
  readonly agenda?: string | null | undefined;
  /** Null takes it away. */
  readonly recurrence?: string | null | undefined;
}

/** PATCH /v1/meetings/{meetingId}. Rejects with ProviderError. Doing it twice is doing it once. */
export const updateMeeting = async (
  exchange: Exchange,
  { meetingId, ...body }: UpdateMeeting,
  signal: AbortSignal,
): Promise<Meeting> => {
  const route = "/v1/meetings/{meetingId}";
  return await askJson(
    exchange,
    { method: "PATCH", route, params: { meetingId }, body, schema: Meeting },
    signal,
  );
};
