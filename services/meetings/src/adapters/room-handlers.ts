import type { MeetingRulesOf } from "@hybrid/address-rules";
import { type Meeting, signClientState } from "@hybrid/contracts";
import {
  type ActorId,
  type Clock,
  type EpochMs,
  type Handlers,
  minutes,
  orgOf,
  ProviderError,
} from "@hybrid/kernel";
import type { GraphEvent, MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { WebexClient } from "@hybrid/webex";
import { type Booking, ourIds } from "#domain/bookings";
import type { MailboxHint } from "#domain/room-findings";
import type { RoomCall, RoomInput } from "#domain/room-state";
import { meetingOf } from "./meeting-of-event.ts";
import type { CalendarPort } from "./ports.ts";
import { type RoomsSource, readWorkspaces } from "./read-workspaces.ts";

/** What carries out the calls of rooms. */
export interface RoomPorts {
  readonly calendar: CalendarPort;
  readonly subscriptions: MicrosoftGraph["subscriptions"];
  readonly users: Pick<MicrosoftGraph["users"], "findByAddress">;
  readonly webex: RoomsSource & Pick<WebexClient, "executeCommand">;
  readonly clock: Clock;
  readonly watching: RoomWatching;
  /** Told how long it took from a change to the first device that shows it. */
  readonly onShown: (ms: number) => void;
  readonly rulesOf: MeetingRulesOf;
}

/** Where Graph tells of changes, and with which key that is signed. */
export interface RoomWatching {
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string;
  readonly clientStateKey: Uint8Array;
}

type CallOf<Kind extends RoomCall["kind"]> = Extract<RoomCall, { readonly kind: Kind }>;

/** Pages of a room's two days; a room that has more shows the first of them. */
const pagesMax = 4;
/** An invitation is answered by Exchange within seconds; one that is not after this time never will be. */
const answeredWithinMs = minutes(10);
/** An outcome may have 64 KiB, and what is sealed grows by the name of its owner. */
const bytesMax = 48 * 1_024;

const isOpen = ({ responseStatus }: GraphEvent): boolean =>
  ["none", "notResponded", ""].includes(responseStatus?.response ?? "");

const words = (html: string | null | undefined): string =>
  (html ?? "").replaceAll(/<style[^>]*>.*?<\/style>|<[^>]*>|&nbsp;/gis, " ").trim();

/** What invitations tell of the mailbox's settings. */
export const hintOf = (events: readonly GraphEvent[], now: EpochMs): MailboxHint => {
  const invitations = events.filter((event) => event.isOrganizer === false && event.isCancelled !== true);
  const isOld = ({ createdDateTime }: GraphEvent): boolean =>
    typeof createdDateTime === "string" && Date.parse(createdDateTime) + answeredWithinMs <= now;
  const named = invitations.filter(({ subject, organizer }) => {
    const name = organizer?.emailAddress?.name?.trim() ?? "";
    return name !== "" && (subject ?? "").trim() === name;
  });
  return {
    invitations: invitations.length,
    unanswered: invitations.filter((event) => isOpen(event) && isOld(event)).length,
    withoutBody: invitations.filter(({ body }) => words(body?.content) === "").length,
    namedAfterOrganizer: named.length,
  };
};

const fitting = (meetings: readonly Meeting[]): readonly Meeting[] => {
  let left = bytesMax;
  return meetings.filter((meeting) => (left -= Buffer.byteLength(JSON.stringify(meeting)) + 1) > 0);
};

const readRoom = async (
  { calendar, clock, rulesOf }: RoomPorts,
  { tenantId, objectId, window }: CallOf<"readRoom">,
  { actor, signal }: { readonly actor: ActorId; readonly signal: AbortSignal },
): Promise<RoomInput> => {
  const events: GraphEvent[] = [];
  let from: Parameters<CalendarPort["view"]>[0]["from"] = { window };
  for (let page = 0; page < pagesMax; page++) {
    const read = await calendar.view({ tenantId, objectId, from, signal });
    events.push(...read.events);
    if (read.nextLink === null) break;
    from = { link: read.nextLink };
  }
  const { all: rules } = await rulesOf(orgOf(actor), signal);
  const meetings = fitting(events.flatMap((event) => meetingOf(event, rules) ?? []));
  return { kind: "roomRead", objectId, meetings, hint: hintOf(events, clock.now()) };
};

const watchRoom = async (
  { subscriptions, watching }: RoomPorts,
  { tenantId, objectId: userObjectId, subscriptionId }: CallOf<"watchRoom">,
  { clientState, signal }: { readonly clientState: string; readonly signal: AbortSignal },
): Promise<RoomInput> => {
  if (subscriptionId !== null)
    try {
      const { expiresAt } = await subscriptions.renew({ tenantId, subscriptionId, signal });
      return { kind: "roomWatched", subscriptionId, expiresAt };
    } catch (error) {
      // It has ended meanwhile: another one takes its place.
      if (!(error instanceof ProviderError && error.code === "notFound")) throw error;
    }
  const { notificationUrl, lifecycleNotificationUrl } = watching;
  const addresses = { notificationUrl, lifecycleNotificationUrl };
  const made = await subscriptions.create({ tenantId, userObjectId, ...addresses, clientState, signal });
  return { kind: "roomWatched", ...made };
};

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** Bookings on a device that nobody here has put there: its own calendar, or another program's. */
const hasOthers = (listed: Readonly<Record<string, unknown>>): boolean => {
  const { Booking = [] } = listed;
  const all: readonly unknown[] = Array.isArray(Booking) ? Booking : [Booking];
  return all.some((booking) => !(isTree(booking) && String(booking["Id"]).startsWith(ourIds)));
};

const written = ({ Time: { startAt, ...time }, ...booking }: Booking): object => ({
  ...booking,
  Time: { StartTime: new Date(startAt).toISOString(), ...time },
});

/** Puts the whole list, unless somebody else has put something there: that is then left alone. */
const putBookings = async (
  { webex, clock, onShown }: RoomPorts,
  { deviceId, digest, bookings, changedAt }: CallOf<"putBookings">,
  signal: AbortSignal,
): Promise<RoomInput> => {
  const list = { command: "Bookings.List", deviceId, arguments: { Days: 3 } };
  const { result } = await webex.executeCommand(list, signal);
  if (hasOthers(result)) return { kind: "bookingsPut", deviceId, digest, result: "otherCalendar" };
  const body = { Bookings: bookings.map(written) };
  await webex.executeCommand({ command: "Bookings.Put", deviceId, body }, signal);
  if (changedAt !== null) onShown(clock.now() - changedAt);
  return { kind: "bookingsPut", deviceId, digest, result: "put" };
};

/** Carries out the calls of rooms. Rejects with ProviderError. */
export const roomHandlers = (ports: RoomPorts): Handlers<RoomCall, RoomInput> => ({
  readWorkspaces: (order, { signal }) => readWorkspaces(ports.webex, ports.users, order, signal),
  readRoom: (order, { actor, signal }) => readRoom(ports, order, { actor, signal }),
  watchRoom: (order, { actor, signal }) => {
    const clientState = signClientState(actor, ports.watching.clientStateKey);
    return watchRoom(ports, order, { clientState, signal });
  },
  unwatchRoom: async ({ tenantId, subscriptionId }, { signal }) => {
    await ports.subscriptions.delete({ tenantId, subscriptionId, signal });
    return { kind: "roomUnwatched" };
  },
  putBookings: (order, { signal }) => putBookings(ports, order, signal),
});
