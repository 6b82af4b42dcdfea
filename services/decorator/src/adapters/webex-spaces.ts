import type { Room, WebexClient } from "@hybrid/webex";
import type { MadeMeeting, SpaceOrder } from "./ports.ts";
import { ensureMeeting, orNone } from "./webex-meetings.ts";

/** Spaces that are looked through for one that was made before, newest first. */
const roomsMax = 1_000;

/** A space cannot be given a key, so its description holds it. */
const findRoom = async (webex: WebexClient, order: SpaceOrder, signal: AbortSignal): Promise<Room | null> => {
  const known =
    order.knownRoomId === null ? null : await orNone(webex.getRoom(order.knownRoomId, signal), "notFound");
  if (known) return known;
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
 * Finds the space of an event or makes it: its members one by one, a card once. Somebody whom Webex does not
 * know, or a distribution list, keeps the invitation alone. Adding somebody twice is adding once.
 */
export const ensureSpace = async (
  webex: WebexClient,
  order: SpaceOrder,
  signal: AbortSignal,
): Promise<MadeMeeting & { readonly roomId: string }> => {
  const found = await findRoom(webex, order, signal);
  const isKnown = found !== null && order.knownRoomId !== null;
  const room =
    found ??
    (await webex.createRoom({ title: order.roomTitle, description: `hybrid ${order.roomKey}` }, signal));
  if (!isKnown) {
    for (const personEmail of [order.userEmail, ...order.members])
      await orNone(
        webex.createMembership({ roomId: room.id, personEmail }, signal),
        "conflict",
        "notFound",
        "invalidRequest",
      );
    if (order.card !== null) await postOnce(webex, { roomId: room.id, markdown: order.card }, signal);
  }
  return { ...(await meetingOf(webex, { ...order, roomId: room.id }, signal)), roomId: room.id };
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
