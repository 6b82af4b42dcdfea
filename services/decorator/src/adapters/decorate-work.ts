import type { Clock, OrgId } from "@hybrid/kernel";
import type { Outcome } from "#domain/decide-decoration";
import type { Call, DecoratedEvent } from "#domain/mailbox-state";
import type { Decoration } from "./invitation.ts";
import type { PlaceParts } from "./join-places.ts";
import type { EventsPort, MailboxesPort, OwnRulesOf } from "./ports.ts";
import type { TimedCache } from "./timed-cache.ts";

/** What the call needs besides the order. */
export interface DecorateEventParts extends PlaceParts {
  readonly events: EventsPort;
  readonly mailboxes: MailboxesPort;
  readonly clock: Clock;
  readonly ownRulesOf: OwnRulesOf;
  /** Locales by tenant and user. */
  readonly locales: TimedCache<string | null>;
}

/** The order to look at one event. */
export type DecorateEvent = Extract<Call, { readonly kind: "decorateEvent" }>;

/** An order, whose organisation it is for, and until when it is wanted. */
export interface Work {
  readonly order: DecorateEvent;
  readonly org: OrgId;
  readonly signal: AbortSignal;
}

/** A finished event: what was done, and what it now carries. */
export type Finished = Outcome & { readonly decorated: DecoratedEvent | null; readonly told?: boolean };

/** What is remembered of a decoration besides its etag and end. */
export const decoratedBy = (
  { digest, meetingId, roomId }: Decoration,
  invited: string | null,
): Omit<DecoratedEvent, "etag" | "endsAt"> => {
  if (meetingId === null) return { digest };
  const isOfSpace = roomId !== null;
  return { digest, meeting: { meetingId, isOfSpace, ...(isOfSpace && invited !== null ? { invited } : {}) } };
};
