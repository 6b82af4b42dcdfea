import { type EpochMs, entityOf, type Machine, plus, stay, type Timer, unreachable } from "@hybrid/kernel";
import type { Call, Input, Moment, OrganisationInput, UserInput } from "./inputs.ts";
import type { Numbers } from "./numbers.ts";
import { stepOrganisation } from "./organisation.ts";
import { initial, newOrganisation, newUser, type State } from "./state.ts";
import { stepUser } from "./user.ts";

type Timed = { readonly kind: "timerFired" };

const stepUnknown = (input: Input, moment: Moment) => {
  if (entityOf(moment.self) === "o")
    return stepOrganisation(newOrganisation, input as OrganisationInput, moment);
  const begins =
    (input.kind === "directoryChanged" && !input.removed) ||
    (input.kind === "cloudChanged" && input.to !== "removed") ||
    // A cluster that comes too late is given back.
    input.kind === "clusterChosen";
  return begins ? stepUser(newUser, input, moment) : stay(initial);
};

/** The behaviour of users and of organisations, which keep the clusters. Pure. */
export const detectorMachine =
  (numbers: Numbers): Machine<State, Input, Call> =>
  (state, input, now, self) => {
    const moment = { now, self, numbers };
    switch (state.kind) {
      case "unknown":
        return stepUnknown(input, moment);
      case "user":
        return stepUser(state, input as UserInput | Timed, moment);
      case "organisation":
        return stepOrganisation(state, input as OrganisationInput | Timed, moment);
      default:
        return unreachable(state);
    }
  };

const batchDueAt = (state: Extract<State, { kind: "organisation" }>, numbers: Numbers): EpochMs | null => {
  const due = Object.values(state.batches).map(
    ({ tellAt, latestAt }) => tellAt ?? plus(latestAt, numbers.batchGapMs),
  );
  return due.length === 0 ? null : due.reduce((a, b) => (a < b ? a : b));
};

/** While a look is under way its outcome decides about the next one. */
const lookDueAt = ({ inFlight, probeAt }: Extract<State, { kind: "user" }>): EpochMs | null =>
  inFlight === null ? probeAt : null;

/** The timers that a state wants: at most one. */
export const timersOf = (state: State, numbers: Numbers): readonly Timer[] => {
  const dueAt =
    state.kind === "user"
      ? lookDueAt(state)
      : state.kind === "organisation"
        ? batchDueAt(state, numbers)
        : null;
  return dueAt === null ? [] : [{ name: "next", dueAt }];
};
