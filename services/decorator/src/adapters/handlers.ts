import { type Clock, type Handlers, orgOf, ProviderError } from "@hybrid/kernel";
import type { JoinDetails } from "#domain/join-block";
import type { Call, Input } from "#domain/mailbox-state";
import { decorateEvent } from "./decorate-event.ts";
import type { PlaceParts } from "./join-places.ts";
import type { EventsPort, MailboxesPort, OwnRulesOf, WebexPort } from "./ports.ts";
import { readDelta } from "./read-delta.ts";
import { type CacheBounds, TimedCache } from "./timed-cache.ts";

/** What carries out the calls. */
export interface DecoratorPorts {
  readonly events: EventsPort;
  readonly mailboxes: MailboxesPort;
  readonly webex: WebexPort;
  readonly clock: Clock;
  readonly ownRulesOf: OwnRulesOf;
  /** Of personal rooms and of locales, each. */
  readonly cache: CacheBounds;
}

/** Carries out the calls of the decorator. Rejects with ProviderError. */
export const decoratorHandlers = (ports: DecoratorPorts): Handlers<Call, Input> => {
  const { events, mailboxes, webex, clock, ownRulesOf } = ports;
  const rooms = new TimedCache<JoinDetails | null>(clock, ports.cache);
  const locales = new TimedCache<string | null>(clock, ports.cache);
  const personalRoomOf: PlaceParts["personalRoomOf"] = (request, signal) =>
    rooms.get(`${request.org}/${request.site ?? ""}/${request.userEmail}`, () =>
      askForRoom(webex, request, signal),
    );
  const parts = { events, mailboxes, webex, clock, ownRulesOf, locales, personalRoomOf };
  return {
    readDelta: (order, { signal }) => readDelta(events, order, signal),
    decorateEvent: (order, { actor, signal }) => decorateEvent(parts, { order, org: orgOf(actor), signal }),
  };
};

/** That there is no room is an answer too, and worth keeping like any other. */
const askForRoom = async (
  webex: WebexPort,
  request: Parameters<WebexPort["getPersonalRoom"]>[0],
  signal: AbortSignal,
): Promise<JoinDetails | null> => {
  try {
    return await webex.getPersonalRoom(request, signal);
  } catch (error) {
    if (error instanceof ProviderError && error.code === "personalRoomMissing") return null;
    throw error;
  }
};
