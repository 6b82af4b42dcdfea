import { calendarChanges, meetings, resyncRequests, userStatus } from "@hybrid/contracts";
import { actorIdOf, from, type Topology } from "@hybrid/kernel";
import { sealTopology } from "@hybrid/sealing";
import { type Erased, erasable } from "@hybrid/service";
import { initial, meetingList, timersOf } from "./domain/list-machine.ts";
import type { Call, Input, State, TimerName } from "./domain/list-state.ts";
import {
  unchangedState,
  withChangeTime,
  withChangeTimes,
  withNothingKnown,
  withNothingUnchanged,
  withRecordsToSeal,
} from "./domain/state-upgrades.ts";
import { listTexts } from "./whose-texts.ts";

/** The lists: one actor per user, `<org>/u-<user>`. */
const plainTopology: Topology<State, Input, Call> = {
  service: "meetings",
  machine: meetingList,
  initial,
  stateVersion: 4,
  upgrades: { 1: withRecordsToSeal, 2: withChangeTimes, 3: unchangedState },
  callUpgrades: { 2: withChangeTime, 3: withNothingKnown },
  inputUpgrades: { 3: withNothingUnchanged },
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

/** The list of an erased user is emptied as that of a removed one. */
const removal = (state: State): Input | null => {
  if (state.kind === "absent") return null;
  const mailbox = state.kind === "active" ? state.mailbox : { tenantId: "", objectId: state.objectId };
  return { kind: "statusChanged", to: "removed", transition: state.transition + 1, mailbox };
};

/** The same with subjects, organisers and the like sealed for the list's user, wherever they stand. */
export const meetingsTopology: Topology<State, Input | Erased, Call> = erasable(
  sealTopology(plainTopology, listTexts),
  { topics: [], parting: removal },
);
