import { entityOf, type Machine, orgOf, stay, type Timer, unreachable } from "@hybrid/kernel";
import { stepGroup } from "./group.ts";
import type { Call, GroupInput, Input, Moment, RosterInput, UserInput } from "./inputs.ts";
import type { Numbers } from "./numbers.ts";
import { newRoster, stepRoster } from "./roster.ts";
import { initial, newUser, type State } from "./state.ts";
import { stepUser } from "./user.ts";

type Timed = { readonly kind: "timerFired" };

const rosterInputs: ReadonlySet<Input["kind"]> = new Set(["userJoined", "userLeft", "readingWanted"]);

/** What begins an actor: an entity says which kind it is. Late words to one that has ended are nothing. */
const stepUnknown = (input: Input, moment: Moment) => {
  if (rosterInputs.has(input.kind)) return stepRoster(newRoster, input as RosterInput, moment.self);
  if (input.kind === "memberJoined") return stepGroup(null, input, moment);
  const begins =
    entityOf(moment.self).startsWith("u-") &&
    ((input.kind === "mailboxChanged" && input.mailbox !== null) ||
      (input.kind === "personChanged" && input.personId !== null && !input.removed));
  return begins ? stepUser(newUser, input, moment) : stay(initial);
};

/** What an organisation may want. */
export interface Options {
  /** Organisations whose events that are shown as out of office count. */
  readonly eventsCountFor: ReadonlySet<string>;
}

/** The behaviour of users, and of the rosters and groups that read their mailboxes. Pure. */
export const presenceMachine =
  (numbers: Numbers, { eventsCountFor }: Options): Machine<State, Input, Call> =>
  (state, input, now, self) => {
    const moment = { now, self, numbers, countsEvents: eventsCountFor.has(orgOf(self)) };
    switch (state.kind) {
      case "unknown":
        return stepUnknown(input, moment);
      case "user":
        return stepUser(state, input as UserInput | Timed, moment);
      case "roster":
        return stepRoster(state, input as RosterInput, self);
      case "group":
        return stepGroup(state, input as GroupInput | Timed, moment);
      default:
        return unreachable(state);
    }
  };

/** The timers that a state wants: at most one. */
export const timersOf = (state: State): readonly Timer[] => {
  const dueAt = state.kind === "user" || state.kind === "group" ? state.nextAt : null;
  return dueAt === null ? [] : [{ name: "next", dueAt }];
};
