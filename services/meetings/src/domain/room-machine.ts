import { type EpochMs, entityOf, type Machine, type Timer } from "@hybrid/kernel";
import { devicesDueAt, type RoomRules, stepRoom } from "#domain/room";
import type { RoomCall, RoomInput, RoomState, RoomTimer } from "#domain/room-state";
import { stepOrganisation } from "#domain/rooms-organisation";

/** Nothing is known. */
export const noRoom: RoomState = { kind: "absent" };

/** The rooms of an organisation (`<org>/o`), and each of them (`<org>/w-<workspace>`). */
export const roomMachine =
  (rules: RoomRules): Machine<RoomState, RoomInput, RoomCall> =>
  (state, input, now, self) =>
    entityOf(self) === "o"
      ? stepOrganisation(state.kind === "organisation" ? state : null, input, { now, self })
      : stepRoom(state.kind === "room" ? state : null, input, { now, self, rules });

const timerAt = (name: RoomTimer, dueAt: EpochMs | null): readonly Timer[] =>
  dueAt === null ? [] : [{ name, dueAt }];

/** The timers that a state wants. While a call is under way a device's turn comes after it anyway. */
export const roomTimers = (state: RoomState): readonly Timer[] => {
  if (state.kind === "absent") return [];
  if (state.kind === "organisation") return [{ name: "rooms", dueAt: state.nextAt }];
  const { leavesAt, changes } = state;
  const devices = state.callInFlight ? [] : timerAt("devices", devicesDueAt(state));
  if (leavesAt !== null) return [{ name: "leave", dueAt: leavesAt }, ...devices];
  const watch =
    state.callInFlight || state.facts.objectId === null ? [] : timerAt("watch", state.watch.dueAt);
  return [
    { name: "read", dueAt: state.nextReadAt },
    ...timerAt("changes", changes?.dueAt ?? null),
    ...watch,
    ...devices,
  ];
};
