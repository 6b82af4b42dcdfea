import {
  type ActorId,
  actorIdOf,
  call,
  type EpochMs,
  minutes,
  orgOf,
  plus,
  post,
  retryDueAt,
  type Step,
  stay,
  unreachable,
} from "@hybrid/kernel";
import type { Organisation, RoomCall, RoomInput, RoomState } from "#domain/room-state";

type Stepped = Step<RoomState, RoomInput, RoomCall>;

/** Rooms of an organisation that are followed; those beyond are left out. */
export const roomsMax = 2_000;
const roundEveryMs = minutes(15);

interface At {
  readonly now: EpochMs;
  readonly self: ActorId;
}

const roomActor = (self: ActorId, workspaceId: string): ActorId =>
  actorIdOf(`${orgOf(self)}/w-${workspaceId}`);

/** An input of an organisation: its rooms are looked for every quarter of an hour. */
export const stepOrganisation = (state: Organisation | null, input: RoomInput, at: At): Stepped => {
  switch (input.kind) {
    case "followOrdered": {
      const { round = 0, rooms = [] } = state ?? {};
      const { tenantId } = input;
      return begun(
        { kind: "organisation", tenantId, round, rooms, found: [], nextAt: at.now, failures: 0 },
        at.now,
      );
    }
    case "stopOrdered": {
      const known = new Set([...(state?.rooms ?? []), ...(state?.found ?? [])]);
      const gone = [...known].map((id) => post<RoomInput>(roomActor(at.self, id), { kind: "roomGone" }));
      return { state: { kind: "absent" }, effects: gone };
    }
    case "timerFired":
      return state ? begun(state, at.now) : stay({ kind: "absent" });
    case "workspacesRead":
      return state?.round === input.round ? read(state, input, at) : stay(state ?? { kind: "absent" });
    case "callFailed": {
      if (!state) return stay({ kind: "absent" });
      const failures = state.failures + 1;
      const nextAt = retryDueAt(input.failure, { failures, ...at });
      return stay({ ...state, failures, nextAt });
    }
    case "roomSeen":
    case "roomGone":
    case "calendarChanged":
    case "watchTroubled":
    case "roomWatched":
    case "roomUnwatched":
    case "roomRead":
    case "bookingsPut":
      // A room's, never an organisation's.
      return stay(state ?? { kind: "absent" });
    default:
      return unreachable(input);
  }
};

const begun = (state: Organisation, now: EpochMs): Stepped => {
  const round = state.round + 1;
  return {
    state: { ...state, round, found: [], nextAt: plus(now, roundEveryMs) },
    effects: [call<RoomCall>({ kind: "readWorkspaces", tenantId: state.tenantId, round, after: null })],
  };
};

const read = (
  state: Organisation,
  { rooms, next }: Extract<RoomInput, { readonly kind: "workspacesRead" }>,
  { self }: At,
): Stepped => {
  const { tenantId, round } = state;
  const taken = rooms.slice(0, roomsMax - state.found.length);
  const found = [...state.found, ...taken.map(({ workspaceId }) => workspaceId)];
  const seen = taken.map((facts) =>
    post<RoomInput>(roomActor(self, facts.workspaceId), { kind: "roomSeen", tenantId, facts }),
  );
  if (next !== null && found.length < roomsMax)
    return {
      state: { ...state, found, failures: 0 },
      effects: [...seen, call<RoomCall>({ kind: "readWorkspaces", tenantId, round, after: next })],
    };
  const present = new Set(found);
  const gone = state.rooms
    .filter((id) => !present.has(id))
    .map((id) => post<RoomInput>(roomActor(self, id), { kind: "roomGone" }));
  return { state: { ...state, rooms: found, found: [], failures: 0 }, effects: [...seen, ...gone] };
};
