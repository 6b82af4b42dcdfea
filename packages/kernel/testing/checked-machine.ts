import { isDeepStrictEqual } from "node:util";
import type { Machine, Step } from "../src/index.ts";
import { throughJson } from "./through-json.ts";

const frozen = <Value>(value: Value): Value => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
};

const stored = <State, Input, Call>(step: Step<State, Input, Call>): Step<State, Input, Call> => ({
  state: throughJson(step.state),
  effects: throughJson(step.effects),
});

/**
 * The machine with every step done twice, on frozen copies that went through JSON: it throws when the machine
 * changes what it is given, gives two different results, or gives something that cannot be stored.
 */
export const checkedMachine =
  <State, Input, Call>(machine: Machine<State, Input, Call>): Machine<State, Input, Call> =>
  (state, input, now, self) => {
    const first = stored(machine(frozen(throughJson(state)), frozen(throughJson(input)), now, self));
    const again = stored(machine(throughJson(state), throughJson(input), now, self));
    if (!isDeepStrictEqual(first, again))
      throw new Error(`the machine is not pure: ${JSON.stringify(input)} gave two different results`);
    return first;
  };
