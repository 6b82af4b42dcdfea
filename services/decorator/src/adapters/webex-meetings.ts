import { instant, ProviderError } from "@hybrid/kernel";
import type { Meeting, WebexClient } from "@hybrid/webex";
import { DateTime } from "luxon";
import type { JoinDetails } from "#domain/join-block";
import type { MadeMeeting, MeetingOrder, WebexPort } from "./ports.ts";

/** Whose meeting it is: a person's, or a space's, which the access token's account hosts. */
export type MeetingHost = { readonly hostEmail: string } | { readonly roomId: string };

/** An order with its host. */
export type HostedOrder = MeetingOrder & { readonly host: MeetingHost };

/**
 * The site to use: the organisation's, when the user has it, else none; without one the user's first. Null
 * when Webex does not know the user, or the user has no site to use.
 */
export const siteFor = async (
  webex: WebexClient,
  { userEmail, site }: Pick<MeetingOrder, "userEmail" | "site">,
  signal: AbortSignal,
): Promise<string | null> => {
  const sites = (await webex.findPerson(userEmail, signal))?.sites ?? [];
  return site === null
    ? (sites[0] ?? null)
    : (sites.find((each) => each.toLowerCase() === site.toLowerCase()) ?? null);
};

/** Null for failures of these codes, which are answers here. */
export const orNone = async <Result>(
  work: Promise<Result>,
  ...codes: readonly string[]
): Promise<Result | null> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProviderError && codes.includes(error.code)) return null;
    throw error;
  }
};

/** Webex refuses a zone that disagrees with the offset of the start, so times are told in their zone. */
const isoIn = (at: number, zone: string): string => {
  const text = DateTime.fromMillis(at, { zone }).toISO({ suppressMilliseconds: true });
  if (text !== null) return text;
  throw new ProviderError(`${at} in ${zone} is no time`, { code: "unexpected", retryable: false });
};

const hostQuery = (host: MeetingHost) => ("hostEmail" in host ? { hostEmail: host.hostEmail } : {});

const dayMs = 86_400_000;

/** A meeting of ours that exists: the one that is known, else the one that bears the event's key. */
const findMeeting = async (
  webex: WebexClient,
  order: HostedOrder,
  signal: AbortSignal,
): Promise<Meeting | null> => {
  const known = order.knownMeetingId;
  const whose = hostQuery(order.host);
  const found =
    known === null
      ? null
      : await orNone(webex.getMeeting({ meetingId: known, ...whose }, signal), "notFound");
  if (found) return found;
  const from = new Date(order.startAt - 7 * dayMs).toISOString();
  const to = new Date(order.startAt + 7 * dayMs).toISOString();
  const asked = { integrationTag: order.key, from, to, max: 10, ...whose };
  for await (const page of webex.listMeetings(asked, signal)) {
    const same = page.items.find(({ integrationTags }) => integrationTags?.includes(order.key));
    if (same) return same;
  }
  return null;
};

/** Webex may give the parts of a rule back in another order, and with its name before it. */
const partsOf = (recurrence: string | null | undefined): string =>
  (recurrence ?? "")
    .replace(/^RRULE:/i, "")
    .split(";")
    .filter((part) => part !== "")
    .toSorted()
    .join(";");

/** What of a known meeting no longer looks like the event; null: nothing. */
const differencesOf = (meeting: Meeting, order: HostedOrder) => {
  const { title, agenda, startAt, endAt, zone, recurrence } = order;
  const [start, end] = [Date.parse(meeting.start), Date.parse(meeting.end)];
  const moved = !order.isPlanned(instant(start)) || end - start !== endAt - startAt;
  const repeats = partsOf(meeting.recurrence) !== partsOf(recurrence);
  const changes = {
    ...(meeting.title === title ? {} : { title }),
    ...((meeting.agenda ?? "") === agenda ? {} : { agenda: agenda === "" ? null : agenda }),
    ...(moved || repeats
      ? { start: isoIn(startAt, zone), end: isoIn(endAt, zone), timezone: zone, recurrence }
      : {}),
  };
  return Object.keys(changes).length === 0 ? null : changes;
};

/** Finds the meeting of an event or makes it; nobody gets mail from Webex, the invitation is the mail. */
export const ensureMeeting = async (
  webex: WebexClient,
  order: HostedOrder,
  signal: AbortSignal,
): Promise<MadeMeeting> => {
  const whose = hostQuery(order.host);
  const found = await findMeeting(webex, order, signal);
  if (found) {
    const changes = order.follow ? differencesOf(found, order) : null;
    const now = changes
      ? await webex.updateMeeting({ meetingId: found.id, ...changes, ...whose, sendEmail: false }, signal)
      : found;
    return { meetingId: found.id, details: detailsOf(now) };
  }
  const siteUrl = "hostEmail" in order.host ? await siteFor(webex, order, signal) : null;
  const made = await webex.createMeeting(
    {
      title: order.title,
      ...(order.agenda === "" ? {} : { agenda: order.agenda }),
      start: isoIn(order.startAt, order.zone),
      end: isoIn(order.endAt, order.zone),
      timezone: order.zone,
      ...(order.recurrence === null ? {} : { recurrence: order.recurrence }),
      ...(siteUrl === null ? {} : { siteUrl }),
      ...("roomId" in order.host ? { roomId: order.host.roomId } : whose),
      integrationTags: [order.key],
      sendEmail: false,
    },
    signal,
  );
  return { meetingId: made.id, details: detailsOf(made) };
};

const detailsOf = (meeting: Meeting): JoinDetails => {
  const { webLink, sipAddress, dialInIpAddress, telephony, meetingNumber, password } = meeting;
  if (!webLink || !sipAddress)
    throw new ProviderError("Webex answered with a meeting that has no link or no video address", {
      code: "unexpected",
      retryable: false,
    });
  return {
    joinUrl: webLink,
    sipAddress,
    dialInIpAddress: dialInIpAddress || null,
    phoneNumbers: (telephony?.callInNumbers ?? []).map(({ label, callInNumber }) => ({
      label,
      number: callInNumber,
    })),
    accessCode: telephony?.accessCode || null,
    meetingNumber: meetingNumber || null,
    password: password || null,
  };
};

/** Ends a meeting; one that is gone already is none. A space's may have been hosted by the organiser. */
export const endMeeting = async (
  webex: WebexClient,
  { meetingId, userEmail, isOfSpace }: Omit<Parameters<WebexPort["endMeeting"]>[0], "org">,
  signal: AbortSignal,
): Promise<void> => {
  const gone = ["notFound", "invalidRequest"];
  if (isOfSpace) {
    const ended = webex.deleteMeeting({ meetingId, sendEmail: false }, signal).then(() => true);
    if ((await orNone(ended, ...gone)) === true) return;
  }
  await orNone(webex.deleteMeeting({ meetingId, hostEmail: userEmail, sendEmail: false }, signal), ...gone);
};
