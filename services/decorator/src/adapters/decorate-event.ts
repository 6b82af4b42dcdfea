import { type Clock, type OrgId, ProviderError, unreachable } from "@hybrid/kernel";
import { putBlock, removeBlock } from "#domain/body-editor";
import {
  type Decision,
  decideDecoration,
  decideUnavailable,
  type Invitation,
  type Outcome,
  type RemovalReason,
  type SkipReason,
} from "#domain/decide-decoration";
import { type JoinDetails, joinBlock, type Language, languageOf } from "#domain/join-block";
import type { Call, DecoratedEvent, Input, Mailbox } from "#domain/mailbox-state";
import { endOf } from "./event-times.ts";
import {
  type Decoration,
  decorationOf,
  decorationPropertyId,
  decorationValue,
  invitationOf,
  oursOf,
} from "./invitation.ts";
import type { EventModel, EventsPort, MailboxesPort } from "./ports.ts";
import type { TimedCache } from "./timed-cache.ts";

/** What the call needs besides the order. */
export interface DecorateEventParts {
  readonly events: EventsPort;
  readonly mailboxes: MailboxesPort;
  readonly clock: Clock;
  /** The user's personal room; null when there is none. */
  readonly personalRoomOf: (
    org: OrgId,
    mailAddress: string,
    signal: AbortSignal,
  ) => Promise<JoinDetails | null>;
  /** Locales by tenant and user. */
  readonly locales: TimedCache<string | null>;
}

/** Within one call: read, edit, and when somebody else was faster read again. */
const attemptsMax = 4;

type DecorateEvent = Extract<Call, { readonly kind: "decorateEvent" }>;

interface Work {
  readonly order: DecorateEvent;
  readonly org: OrgId;
  readonly signal: AbortSignal;
}

/** A finished event: what was done, and what it now carries. */
type Finished = Outcome & { readonly decorated: DecoratedEvent | null };

/** What is to be written: a body, and what our property then says. */
interface Edit {
  readonly content: string;
  readonly decoration: Decoration | null;
  readonly outcome: Extract<Outcome, { readonly result: "applied" | "refreshed" | "removed" }>;
}

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
      if (error instanceof EventGoneError) return { kind: "eventHandled", eventId, ...skipped("gone") };
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
  const planned = await planEdit(parts, event, work);
  if (!("content" in planned)) return planned;
  const { content, decoration, outcome } = planned;
  const { etag } = await ofEvent(
    parts.events.update({
      ...address,
      etag: event.etag,
      body: { contentType: "html", content },
      extendedProperty: { id: decorationPropertyId, value: decoration && decorationValue(decoration) },
    }),
  );
  const decorated = decoration && { digest: decoration.digest, etag, endsAt: endOf(event) };
  return { ...outcome, decorated };
};

const addressOf = ({ order, signal }: Work) => ({
  tenantId: order.mailbox.tenantId,
  userObjectId: order.mailbox.objectId,
  eventId: order.eventId,
  signal,
});

const skipped = (reason: SkipReason): Finished => ({ result: "skipped", reason, decorated: null });

const planEdit = async (
  parts: DecorateEventParts,
  event: EventModel,
  work: Work,
): Promise<Edit | Finished> => {
  const invitation = invitationOf(event, work.order.knownDigest);
  const decision = decideDecoration(invitation, work.order.mailbox.settings, parts.clock.now());
  switch (decision.kind) {
    case "skip":
      return skipped(decision.reason);
    case "none":
      return { result: "unchanged", reason: "noKeyword", decorated: null };
    case "remove":
      return planRemoval(event, work.order, decision.reason);
    case "decorate":
      return planBlock(parts, event, { ...work, decision, invitation });
    default:
      return unreachable(decision);
  }
};

/** That a copy of ours cannot be taken out after all leaves the event as if it were not there. */
const planRemoval = (event: EventModel, order: DecorateEvent, reason: RemovalReason): Edit | Finished => {
  const content = removeBlock(event.body.content, oursOf(event, order.knownDigest));
  if (content !== event.body.content)
    return { content, decoration: null, outcome: { result: "removed", reason } };
  return reason === null ? { result: "unchanged", reason: "noKeyword", decorated: null } : skipped(reason);
};

const planBlock = async (
  parts: DecorateEventParts,
  event: EventModel,
  work: Work & {
    readonly decision: Extract<Decision, { readonly kind: "decorate" }>;
    readonly invitation: Invitation;
  },
): Promise<Edit | Finished> => {
  const { mailbox } = work.order;
  const room = await parts.personalRoomOf(work.org, mailbox.mailAddress, work.signal);
  if (!room) {
    const instead = decideUnavailable(work.invitation, "personalRoomMissing");
    return instead.kind === "skip" ? skipped(instead.reason) : planRemoval(event, work.order, instead.reason);
  }
  const before = decorationOf(event);
  const isThere = work.invitation.blocks.some((block) => block.hasOurText);
  const kept = work.decision.language ?? (isThere ? (before?.language ?? null) : null);
  const block = joinBlock(room, kept ?? (await newLanguage(parts, mailbox, work.signal)));
  const { html, placed } = putBlock(event.body.content, block, oursOf(event, work.order.knownDigest));
  if (!placed) return skipped("bodyNotEditable");
  const { digest, language, lines } = block;
  if (html === event.body.content)
    return {
      result: "unchanged",
      reason: "current",
      decorated: { digest, etag: event.etag, endsAt: endOf(event) },
    };
  const result = isThere ? "refreshed" : "applied";
  return { content: html, decoration: { digest, language, lines }, outcome: { result, reason: null } };
};

/** The organisation's language overrides the mailbox's. */
const newLanguage = async (
  { mailboxes, locales }: DecorateEventParts,
  { tenantId, objectId, settings }: Mailbox,
  signal: AbortSignal,
): Promise<Language> => {
  if (settings.language !== null) return languageOf(settings.language);
  const locale = await locales.get(`${tenantId}/${objectId}`, async () => {
    const answer = await mailboxes.getSettings({ tenantId, userObjectId: objectId, signal });
    return answer.locale;
  });
  return languageOf(locale);
};
