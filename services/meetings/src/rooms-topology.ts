import {
  calendarChanges,
  type RoomCommand,
  roomCommands,
  roomStatus,
  subscriptionLifecycle,
} from "@hybrid/contracts";
import { actorIdOf, DecodeError, entityOf, from, minutes, type Topology } from "@hybrid/kernel";
import { sealTopology } from "@hybrid/sealing";
import type { MeetingsConfig } from "./config.ts";
import { noRoom, roomMachine, roomTimers } from "./domain/room-machine.ts";
import type { RoomCall, RoomInput, RoomState, RoomTimer } from "./domain/room-state.ts";
import { withChangeTime, withChangeTimes, withStatusToSeal } from "./domain/state-upgrades.ts";
import { roomTexts } from "./whose-texts.ts";

/** The numbers with which topics, rights and calls are looked at; a process has its own. */
const usual: Pick<MeetingsConfig, "join" | "roomReadEveryMs"> = {
  join: { beforeMs: minutes(5), tentative: true, free: false },
  roomReadEveryMs: minutes(15),
};

/** Subscriptions of people are none of a room's. */
const roomInput = (key: string, input: RoomInput) => {
  const to = actorIdOf(key);
  return entityOf(to).startsWith("w-") ? { to, input } : undefined;
};

/** Meeting rooms: one actor per organisation, `<org>/o`, and one per workspace, `<org>/w-<workspace>`. */
const plainTopology = ({
  join: policy,
  roomReadEveryMs: readEveryMs,
}: typeof usual): Topology<RoomState, RoomInput, RoomCall> => ({
  service: "meetings-rooms",
  machine: roomMachine({ policy, readEveryMs }),
  initial: noRoom,
  stateVersion: 3,
  upgrades: { 1: withStatusToSeal, 2: withChangeTimes },
  callUpgrades: { 2: withChangeTime },
  sources: [
    from<RoomCommand, RoomInput>(roomCommands, ({ kind, tenantId }, { key }) => {
      const to = actorIdOf(key);
      if (entityOf(to) !== "o")
        throw new DecodeError(`room-commands: an order belongs to <org>/o, not to "${key}"`);
      if (kind === "stop") return { to, input: { kind: "stopOrdered" } };
      if (tenantId === null) throw new DecodeError("room-commands: follow names no tenant");
      return { to, input: { kind: "followOrdered", tenantId } };
    }),
    from(calendarChanges, (_change, { key }) => roomInput(key, { kind: "calendarChanged" })),
    from(subscriptionLifecycle, (_event, { key }) => roomInput(key, { kind: "watchTroubled" })),
  ],
  calls: {
    readWorkspaces: {
      repeat: "mayRepeat",
      because: "It only reads; what is read twice is the same or newer.",
      writes: false,
    },
    readRoom: {
      repeat: "mayRepeat",
      because: "It only reads; what is read twice is the same or newer.",
      writes: false,
    },
    watchRoom: {
      repeat: "mayRepeat",
      because: "A subscription that is there already is renewed; the client makes no second one.",
    },
    unwatchRoom: { repeat: "mayRepeat", because: "Deleting a subscription that is gone changes nothing." },
    putBookings: {
      repeat: "checkBeforeWrite",
      because:
        "It looks first whether the bookings on the device are ours, and puts the whole list: the same one " +
        "again changes nothing.",
    },
  },
  emits: [roomStatus],
  timers: roomTimers,
  timerFired: ({ name }) => ({ kind: "timerFired", timer: name as RoomTimer }),
  callFailed: (order, failure) => ({ kind: "callFailed", order, failure }),
});

/** The same with names, addresses and what devices show sealed for the organisation, wherever they stand. */
export const roomsTopology = (config = usual): Topology<RoomState, RoomInput, RoomCall> =>
  sealTopology(plainTopology(config), roomTexts, ["organisation"]);
