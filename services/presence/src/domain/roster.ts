import { type ActorId, actorIdOf, type Step, tell, unreachable } from "@hybrid/kernel";
import type { Call, Input, RosterInput } from "./inputs.ts";
import { groupSizeMax, holesMax } from "./numbers.ts";
import type { Roster, State } from "./state.ts";

/** A tenant of which nobody of this partition is read yet. */
export const newRoster: Roster = { kind: "roster", groups: 0, lastSize: 0, holes: [] };

const groupOf = (self: ActorId, group: number): ActorId => actorIdOf(`${self}/g-${group}`);

const placeIn = (roster: Roster): { readonly roster: Roster; readonly group: number } => {
  const [hole, ...holes] = roster.holes;
  if (hole !== undefined) return { roster: { ...roster, holes }, group: hole };
  const isFull = roster.groups === 0 || roster.lastSize >= groupSizeMax;
  const groups = isFull ? roster.groups + 1 : roster.groups;
  return { roster: { ...roster, groups, lastSize: isFull ? 1 : roster.lastSize + 1 }, group: groups - 1 };
};

/** Puts a tenant's users of this partition into groups of twenty. */
export const stepRoster = (roster: Roster, input: RosterInput, self: ActorId): Step<State, Input, Call> => {
  switch (input.kind) {
    case "userJoined": {
      const { user, objectId } = input;
      const placed = placeIn(roster);
      return {
        state: placed.roster,
        effects: [
          tell<Input>(groupOf(self, placed.group), { kind: "memberJoined", user, objectId }),
          tell<Input>(user, { kind: "placed", group: placed.group }),
        ],
      };
    }
    case "userLeft": {
      const { user, group } = input;
      const holes = [...roster.holes, group].slice(-holesMax);
      return {
        state: { ...roster, holes },
        effects: [tell<Input>(groupOf(self, group), { kind: "memberLeft", user })],
      };
    }
    case "readingWanted":
      return {
        state: roster,
        effects: [tell<Input>(groupOf(self, input.group), { kind: "lookedAt" })],
      };
    default:
      return unreachable(input);
  }
};
