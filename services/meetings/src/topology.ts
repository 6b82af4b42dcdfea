import { calendarChanges, meetings, resyncRequests, userStatus } from "@hybrid/contracts";
import { actorIdOf, from, type Topology } from "@hybrid/kernel";
import { initial, meetingList, timersOf } from "./domain/list-machine.ts";
import type { Call, Input, State, TimerName } from "./domain/list-state.ts";

/** The lists: one actor per user, `<org>/u-<user>`. */
export const meetingsTopology: Topology<State, Input, Call> = {
  service: "meetings",
  machine: meetingList,
  initial,
  stateVersion: 1,
  upgrades: {},
  sources: [
    from(userStatus, ({ to, transition, tenantId, objectId }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "statusChanged", to, transition, mailbox: { tenantId, objectId } },
    })),
    from(calendarChanges, (_change, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "calendarChanged" },
    })),
    from(resyncRequests, ({ reason }, { key }) => ({
      to: actorIdOf(key),
      input: { kind: "resyncRequested", reason },
    })),
  ],
  // user-status holds addresses, sealed for their users; nothing of them is kept here.
  sealed: ["user"],
  calls: {
    readPage: {
      repeat: "mayRepeat",
      because: "It only reads; a page that is read twice holds the same or newer facts.",
      writes: false,
    },
  },
  emits: [meetings],
  timers: timersOf,
  timerFired: ({ name }) => ({ kind: "timerFired", timer: name as TimerName }),
  callFailed: (order, failure) => ({ kind: "callFailed", order, failure }),
};
