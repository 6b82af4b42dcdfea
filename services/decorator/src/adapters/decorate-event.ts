import { ProviderError } from "@hybrid/kernel";
import type { Input } from "#domain/mailbox-state";
import {
  type DecorateEvent,
  type DecorateEventParts,
  decoratedBy,
  type Finished,
  type Work,
} from "./decorate-work.ts";
import { endOf } from "./event-times.ts";
import { decorationPropertyId, decorationValue, ownDecorationOf } from "./invitation.ts";
import { planEdit } from "./plan-edit.ts";
import type { EventModel } from "./ports.ts";

/** Within one call: read, edit, and when somebody else was faster read again. */
const attemptsMax = 4;

/**
 * Reads an event, decides, and writes only when something changes. Never writes past somebody else's change
 * (If-Match); a lost race is read and decided again. Rejects with ProviderError.
 */
export const decorateEvent = async (parts: DecorateEventParts, work: Work): Promise<Input> => {
  const { eventId } = work.order;
  for (let attempt = 1; ; attempt++) {
    try {
      return { kind: "eventHandled", eventId, ...(await handleOnce(parts, work)) };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (error instanceof EventGoneError) {
        await endKnown(parts, work);
        return { kind: "eventHandled", eventId, result: "skipped", reason: "gone", decorated: null };
      }
      if (error.code !== "preconditionFailed") throw error;
      if (attempt === attemptsMax) throw lostRace(error, work.order);
    }
  }
};

/** Of a single write Graph says that repeating it is no use; of reading, editing and writing it is. */
const lostRace = (cause: ProviderError, { mailbox }: DecorateEvent): ProviderError =>
  new ProviderError(
    `an event of user ${mailbox.objectId} of tenant ${mailbox.tenantId} changed ${attemptsMax} times ` +
      "between our reading and our writing",
    { code: "preconditionFailed", retryable: true, status: 412 },
    { cause },
  );

/** Only what was said about the event itself: that something else is not found must not make it gone. */
class EventGoneError extends ProviderError {}

const ofEvent = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.code !== "notFound") throw error;
    throw new EventGoneError(error.message, { code: "notFound", retryable: false }, { cause: error });
  }
};

const handleOnce = async (parts: DecorateEventParts, work: Work): Promise<Finished> => {
  const address = addressOf(work);
  const event = await ofEvent(parts.events.get({ ...address, expandProperty: decorationPropertyId }));
  const master = await masterOf(parts, event, work);
  const planned = await planEdit(parts, { event, master }, work);
  if (!("content" in planned)) {
    if (planned.result === "skipped" && planned.reason === "cancelled") await endKnown(parts, work, event);
    return planned;
  }
  const { content, decoration, outcome, invited, tell } = planned;
  const { etag } = await ofEvent(
    parts.events.update({
      ...address,
      etag: event.etag,
      body: { contentType: "html", content },
      extendedProperty: { id: decorationPropertyId, value: decoration && decorationValue(decoration) },
    }),
  );
  const kept = decoration?.meetingId ?? null;
  if (kept === null || ownDecorationOf(event)?.meetingId !== kept) await endKnown(parts, work, event, kept);
  const known = decoration && decoratedBy(decoration, invited);
  return { ...outcome, ...(await tell()), decorated: known && { ...known, etag, endsAt: endOf(event) } };
};

/** An exception without a meeting of its own may hold, or want, what was made for its series. */
const masterOf = async (
  parts: DecorateEventParts,
  event: EventModel,
  work: Work,
): Promise<EventModel | null> => {
  const { type, seriesMasterId } = event;
  const hasOwn = (ownDecorationOf(event)?.meetingId ?? null) !== null;
  if (type !== "exception" || seriesMasterId === null || hasOwn) return null;
  const address = { ...addressOf(work), eventId: seriesMasterId };
  try {
    return await parts.events.get({ ...address, expandProperty: decorationPropertyId });
  } catch (error) {
    if (error instanceof ProviderError && error.code === "notFound") return null;
    throw error;
  }
};

/** Ends the meeting that was made for an event and is of no use any more. */
const endKnown = async (
  { webex }: DecorateEventParts,
  { order, org, signal }: Work,
  event: EventModel | null = null,
  kept: string | null = null,
): Promise<void> => {
  const written = event && ownDecorationOf(event);
  const known = written?.meetingId
    ? { meetingId: written.meetingId, isOfSpace: written.roomId !== null }
    : order.knownMeeting;
  if (!known || known.meetingId === kept) return;
  await webex.endMeeting({ org, userEmail: order.mailbox.mailAddress, ...known }, signal);
};

const addressOf = ({ order, signal }: Work) => ({
  tenantId: order.mailbox.tenantId,
  userObjectId: order.mailbox.objectId,
  eventId: order.eventId,
  signal,
});
