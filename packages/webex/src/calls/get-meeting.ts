import { askJson, type Exchange } from "../http/exchange.ts";
import { Meeting } from "../models/meeting.ts";

/**
 * GET /v1/meetings/{meetingId}. Rejects with ProviderError; a meeting made just now may still be
 * `notFound`.
 */
export const getMeeting = async (
  exchange: Exchange,
  { meetingId, hostEmail }: { readonly meetingId: string; readonly hostEmail?: string | undefined },
  signal: AbortSignal,
): Promise<Meeting> => {
  const route = "/v1/meetings/{meetingId}";
  return await askJson(
    exchange,
    { route, params: { meetingId }, query: { hostEmail }, schema: Meeting },
    signal,
  );
};
