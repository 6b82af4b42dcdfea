import { entityOf, type Machine, stay, type Timer, unreachable } from "@hybrid/kernel";
import { askedAbout } from "./hints.ts";
import type { Call, Input } from "./inputs.ts";
import type { Moment } from "./moment.ts";
import type { Numbers } from "./numbers.ts";
import { newOrganisation, organisationDueAt, stepOrganisation } from "./organisation.ts";
import { teamDueAt } from "./plan.ts";
import { firstLook, lookingDueAt, stepLooking } from "./space.ts";
import { initial, type State } from "./state.ts";
import { stepTeam } from "./team-step.ts";

const stepUnknown = (input: Input, moment: Moment) => {
  // Of an organisation without groups nothing is kept, however often a webhook tells of its spaces.
  if (input.kind === "hintAsked") return stay(initial);
  if (entityOf(moment.self) === "o") return stepOrganisation(newOrganisation, input, moment);
  if (input.kind === "membershipNoticed") return firstLook({ events: [input.event] }, moment);
  if (input.kind === "hinted") return { state: initial, effects: [askedAbout(input.hint, moment)] };
  if (input.kind === "hintTold") return firstLook(input.event ? { events: [input.event] } : {}, moment);
  if (input.kind === "ordered") return firstLook({ command: input.command }, moment);
  // The space was found before its team: nobody tells of it a second time.
  if (input.kind === "spaceSeen") return firstLook({ spaces: [input.space] }, moment);
  return input.kind === "teamSeen" ? firstLook({}, moment) : stay(initial);
};

/**
 * The behaviour of organisations, of spaces, and of teams, whose actors are those of their General spaces.
 */
export const groupMachine =
  (numbers: Numbers): Machine<State, Input, Call> =>
  (state, input, now, self) => {
    const moment = { now, self, numbers };
    switch (state.kind) {
      case "unknown":
        return stepUnknown(input, moment);
      case "organisation":
        return stepOrganisation(state, input, moment);
      case "looking":
        return stepLooking(state, input, moment);
      case "plain":
        return stay(state);
      case "team":
        return stepTeam(state, input, moment);
      default:
        return unreachable(state);
    }
  };

const dueOf = (state: State, numbers: Numbers) => {
  switch (state.kind) {
    case "organisation":
      return organisationDueAt(state);
    case "looking":
      return lookingDueAt(state);
    case "team":
      return teamDueAt(state, numbers);
    case "unknown":
    case "plain":
      return null;
    default:
      return unreachable(state);
  }
};

/** The timers that a state wants: at most one. */
export const timersOf = (state: State, numbers: Numbers): readonly Timer[] => {
  const dueAt = dueOf(state, numbers);
  return dueAt === null ? [] : [{ name: "next", dueAt }];
};
