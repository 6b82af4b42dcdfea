import { calendarChanges, calendarHealth, resyncRequests, userStatus } from "@hybrid/contracts";
import { actorIdOf, from, type Topology } from "@hybrid/kernel";
import { ownUser, type SealedFields, sealTopology } from "@hybrid/sealing";
import { type Erased, erasable } from "@hybrid/service";
import { decorator, initial, timersOf } from "./domain/decorator-machine.ts";
import type { Call, Input, State, TimerName } from "./domain/mailbox-state.ts";
import { asItIs, withReads } from "./domain/state-upgrades.ts";

/** The decorator: one actor per user, `<org>/u-<user>`. */
const plainTopology: Topology<State, Input, Call> = {
  service: "decorator",
  machine: decorator,
  initial,
  stateVersion: 6,
  upgrades: { 1: withReads, 2: asItIs, 3: asItIs, 4: asItIs, 5: asItIs },
  sources: [
    from(userStatus, ({ to, transition, tenantId, objectId, mailAddress, settings }, { key }) => ({
      to: actorIdOf(key),
      input: {
        kind: "statusChanged",
        to,
        transition,
        mailbox: { tenantId, objectId, mailAddress, settings },
      },
    })),
    from(calendarChanges, ({ eventId, etag }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "calendarChanged", eventId, etag },
    })),
    from(resyncRequests, ({ reason }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "resyncRequested", reason },
    })),
  ],
  calls: {
    readDelta: {
      repeat: "mayRepeat",
      because: "It only reads; a page that is read twice holds the same or newer facts.",
      writes: false,
    },
    decorateEvent: {
      repeat: "checkBeforeWrite",
      because:
        "It reads the event first, writes only what differs, and only onto the version read (If-Match).",
    },
  },
  emits: [calendarHealth],
  timers: timersOf,
  timerFired: ({ name }) => ({ kind: "timerFired", timer: name as TimerName }),
  callFailed: (order, failure) => ({ kind: "callFailed", order, failure }),
};

/** The texts of the decorator that are somebody's. */
export const decoratorTexts: SealedFields = { mailAddress: ownUser };

/** The same with addresses sealed, wherever they stand. */
export const decoratorTopology: Topology<State, Input | Erased, Call> = erasable(
  sealTopology(plainTopology, decoratorTexts),
  { topics: [calendarHealth] },
);
