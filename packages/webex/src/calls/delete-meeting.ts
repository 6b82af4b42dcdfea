import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/** Which meeting ends, and who is told. */
export interface DeleteMeeting {
  readonly meetingId: string;
  /** Whose meeting it is: for administrators and service apps alone. */
  readonly hostEmail?: string | undefined;
  /** Whether Webex writes to host and invitees; true when left out. */
  readonly sendEmail?: boolean | undefined;
}

/** DELETE /v1/meetings/{meetingId}. Rejects with ProviderError: `notFound` when it is gone. */
export const deleteMeeting = async (
  exchange: Exchange,
  { meetingId, ...query }: DeleteMeeting,
  signal: AbortSignal,
): Promise<void> => {
  const route = "/v1/meetings/{meetingId}";
  await askJson(
    exchange,
    { method: "DELETE", route, params: { meetingId }, query, schema: z.unknown() },
    signal,
  );
};
