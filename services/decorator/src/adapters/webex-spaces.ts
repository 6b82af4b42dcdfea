import type { Room, WebexClient } from "@hybrid/webex";
import { additionsTo } from "#domain/later-invitees";
import type { MadeMeeting, MadeSpace, SpaceOrder } from "./ports.ts";
import { endMeeting, ensureMeeting, orNone } from "./webex-meetings.ts";

/** Spaces that are looked through for one that was made before, newest first. */
const roomsMax = 1_000;

/** What of a description of ours is a key; a space has no other place for one. */
const keyShape = /hybrid-[0-9a-f]{40}/g;

/**
 * Whether a space is the event's still. The space of two people holds all that they have ever said there:
 * when a third is invited, or another instead, it is no longer the event's.
 */
const isStillOf = ({ description }: Room, { roomKey, ownRoomKey }: SpaceOrder): boolean => {
  const keys = description?.match(keyShape) ?? [];
  return keys.length === 0 || keys.some((key) => key === roomKey || key === ownRoomKey);
};

const knownRoom = async (webex: WebexClient, order: SpaceOrder, signal: AbortSignal): Promise<Room | null> =>
  order.knownRoomId === null ? null : await orNone(webex.getRoom(order.knownRoomId, signal), "notFound");

/** A space cannot be given a key, so its description holds it. */
const findRoom = async (webex: WebexClient, order: SpaceOrder, signal: AbortSignal): Promise<Room | null> => {
  let seen = 0;
  for await (const page of webex.listRooms({ type: "group", sortBy: "created", max: 100 }, signal)) {
    const same = page.items.find(({ description }) => description?.includes(order.roomKey));
    if (same) return same;
    seen += page.items.length;
    if (seen >= roomsMax) break;
  }
  return null;
};

/**
 * Somebody whom Webex does not know, or a distribution list, keeps the invitation alone. Adding somebody
 * twice is adding once.
 */
const addMembers = async (
  webex: WebexClient,
  roomId: string,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<void> => {
  for (const personEmail of addresses)
    await orNone(
      webex.createMembership({ roomId, personEmail }, signal),
      "conflict",
      "notFound",
      "invalidRequest",
    );
};

const makeRoom = async (webex: WebexClient, order: SpaceOrder, signal: AbortSignal): Promise<Room> =>
  (await findRoom(webex, order, signal)) ??
  (await webex.createRoom({ title: order.roomTitle, description: `hybrid ${order.roomKey}` }, signal));

/**
 * Finds the space of an event or makes it: its members one by one, a card once; who is invited later is added
 * then. An event whose space became other people's gets another one, and another meeting.
 */
export const ensureSpace = async (
  webex: WebexClient,
  order: SpaceOrder,
  signal: AbortSignal,
): Promise<MadeSpace> => {
  const known = await knownRoom(webex, order, signal);
  if (known && isStillOf(known, order)) {
    const { add, invited, leftOut } = additionsTo(order.members, order.invited);
    await addMembers(webex, known.id, add, signal);
    const made = await meetingOf(webex, { ...order, roomId: known.id }, signal);
    return { ...made, roomId: known.id, invited, leftOut };
  }
  const { knownMeetingId } = order;
  if (known && knownMeetingId !== null)
    await endMeeting(
      webex,
      { meetingId: knownMeetingId, userEmail: order.userEmail, isOfSpace: true },
      signal,
    );
  const room = await makeRoom(webex, order, signal);
  const { add, invited, leftOut } = additionsTo(order.members, "");
  await addMembers(webex, room.id, [order.userEmail, ...add], signal);
  if (order.card !== null) await postOnce(webex, { roomId: room.id, markdown: order.card }, signal);
  const wanted = { ...order, roomId: room.id, knownMeetingId: known ? null : knownMeetingId };
  return { ...(await meetingOf(webex, wanted, signal)), roomId: room.id, invited, leftOut };
};

/** The account of a service app hosts no meetings, also not in its spaces; then the organiser hosts it. */
const meetingOf = async (
  webex: WebexClient,
  order: SpaceOrder & { readonly roomId: string },
  signal: AbortSignal,
): Promise<MadeMeeting> =>
  (await orNone(
    ensureMeeting(webex, { ...order, host: { roomId: order.roomId } }, signal),
    "invalidRequest",
  )) ?? (await ensureMeeting(webex, { ...order, host: { hostEmail: order.userEmail } }, signal));

/** The answer to a message may be lost: what stands there already is not said again. */
const postOnce = async (
  webex: WebexClient,
  message: { readonly roomId: string; readonly markdown: string },
  signal: AbortSignal,
): Promise<void> => {
  for await (const page of webex.listMessages({ roomId: message.roomId, max: 50 }, signal)) {
    if (page.items.some(({ markdown }) => markdown === message.markdown)) return;
    break;
  }
  await webex.createMessage(message, signal);
};
