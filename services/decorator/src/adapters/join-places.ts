import { ProviderError } from "@hybrid/kernel";
import type { RemovalReason } from "#domain/decide-decoration";
import type { JoinDetails, MeetingPlace } from "#domain/join-block";
import { joinSettingsOf } from "#domain/join-style";
import { meetingOrderOf, spaceOrderOf, type Wanted } from "./meeting-order.ts";
import type { WebexPort } from "./ports.ts";

/** How to join what a keyword asked for, and what was made for it. */
export interface Joinable {
  /** What the details lead to: a personal room in place of a meeting whose series Webex cannot say. */
  readonly place: MeetingPlace;
  readonly details: JoinDetails;
  readonly meetingId: string | null;
  readonly roomId: string | null;
  /** Of a space: who was added, and how many found no place. */
  readonly invited: string | null;
  readonly leftOut: number;
}

const noSpace = { roomId: null, invited: null, leftOut: 0 } as const;

/** What the places are made of. */
export interface PlaceParts {
  readonly webex: WebexPort;
  /** The user's personal room on a site, kept for a while; null when there is none. */
  readonly personalRoomOf: (
    request: Parameters<WebexPort["getPersonalRoom"]>[0],
    signal: AbortSignal,
  ) => Promise<JoinDetails | null>;
}

type Unavailable = { readonly unavailable: NonNullable<RemovalReason> };

/**
 * Finds or makes what a keyword asks for. Webex's refusal is an answer, not a failure: nothing would change
 * by asking again before a person has acted.
 */
export const joinableOf = async (
  { webex, personalRoomOf }: PlaceParts,
  place: MeetingPlace,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Joinable | Unavailable> => {
  const personalRoom = async (): Promise<Joinable | Unavailable> => {
    const { mailAddress: userEmail, settings } = wanted.mailbox;
    const { site } = joinSettingsOf(settings);
    const details = await personalRoomOf({ org: wanted.org, userEmail, site }, signal);
    if (!details) return { unavailable: "personalRoomMissing" };
    return { place: "personalRoom", details, meetingId: null, ...noSpace };
  };
  if (place === "personalRoom") return personalRoom();
  const made = place === "space" ? spaceOrderOf(wanted) : meetingOrderOf(wanted);
  if (made.order === null)
    return made.fault === "recurrence" ? personalRoom() : { unavailable: "meetingTooLong" };
  try {
    if ("roomKey" in made.order) return { place, ...(await webex.ensureSpace(made.order, signal)) };
    return { place, ...noSpace, ...(await webex.ensureMeeting(made.order, signal)) };
  } catch (error) {
    // 501: what is asked for does not exist there, and will not by asking again.
    const isRefused =
      error instanceof ProviderError &&
      (error.code === "invalidRequest" || error.code === "notFound" || error.status === 501);
    if (isRefused) return { unavailable: "actionNotAvailable" };
    throw error;
  }
};
