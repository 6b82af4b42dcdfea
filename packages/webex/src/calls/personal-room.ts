import { ProviderError } from "@hybrid/kernel";
import { z } from "zod";
import { askJson, type Exchange } from "../http/exchange.ts";

/** How to join a personal room: what may stand in an invitation, so never the host PIN. */
export interface PersonalRoom {
  /** An https address. */
  readonly joinUrl: string;
  readonly sipAddress: string;
  readonly dialInIpAddress: string | null;
  readonly phoneNumbers: readonly { readonly label: string; readonly number: string }[];
  readonly accessCode: string | null;
}

/** Whose room, and on which site; without `siteUrl` Webex looks on the default site of the access token. */
export interface PersonalRoomRequest {
  readonly userEmail: string;
  readonly siteUrl?: string | undefined;
}

const route = "/v1/meetingPreferences/personalMeetingRoom";

const CallInNumber = z.object({ label: z.string().default(""), callInNumber: z.string().min(1) });
const Room = z.object({
  personalMeetingRoomLink: z.url({ protocol: /^https$/ }),
  sipAddress: z.string().min(1),
  dialInIpAddress: z.string().nullish(),
  telephony: z
    .object({ accessCode: z.string().nullish(), callInNumbers: z.array(CallInNumber).nullish() })
    .nullish(),
});

/**
 * GET /v1/meetingPreferences/personalMeetingRoom. Rejects with ProviderError; `personalRoomMissing` when the
 * user has no room on the site or is not known there (404 in both cases).
 */
export const getPersonalRoom = async (
  exchange: Exchange,
  { userEmail, siteUrl }: PersonalRoomRequest,
  signal: AbortSignal,
): Promise<PersonalRoom> => {
  try {
    const ask = { route, query: { userEmail, siteUrl }, schema: Room };
    const body = await askJson(exchange, ask, signal);
    return {
      joinUrl: body.personalMeetingRoomLink,
      sipAddress: body.sipAddress,
      dialInIpAddress: body.dialInIpAddress || null,
      phoneNumbers: (body.telephony?.callInNumbers ?? []).map(({ label, callInNumber }) => ({
        label,
        number: callInNumber,
      })),
      accessCode: body.telephony?.accessCode || null,
    };
  } catch (error) {
    if (!(error instanceof ProviderError) || error.status !== 404) throw error;
    const fault = { code: "personalRoomMissing", retryable: false, status: 404 } as const;
    throw new ProviderError(`${error.message}: the user has no personal room there`, fault, { cause: error });
  }
};
