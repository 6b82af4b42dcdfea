import { isDeepStrictEqual } from "node:util";
import {
  type ActorId,
  actorIdOf,
  type Effect,
  type EpochMs,
  instant,
  later,
  type Machine,
  plus,
} from "../src/index.ts";

/** What a {@link MachineDriver} drives. */
export interface DrivenMachine<State, Input, Call> {
  readonly machine: Machine<State, Input, Call>;
  readonly initial: State;
  /** The actor's id; `acme/u-1` when left out. */
  readonly self?: ActorId;
  readonly startAt?: EpochMs;
}

/**
 * Drives one actor by hand. Every input and every state goes through JSON first, so what cannot be stored
 * cannot pass, and every step is done twice: a machine that is not pure is found out at once.
 */
export class MachineDriver<State, Input, Call> {
  readonly #driven: DrivenMachine<State, Input, Call>;
  readonly self: ActorId;
  state: State;
  now: EpochMs;
  /** All effects so far, oldest first. */
  readonly effects: Effect<Input, Call>[] = [];
  /** All inputs so far, with the time they were applied at. */
  readonly history: { readonly input: Input; readonly at: EpochMs }[] = [];

  constructor(driven: DrivenMachine<State, Input, Call>) {
    this.#driven = driven;
    this.self = driven.self ?? actorIdOf("acme/u-1");
    this.state = driven.initial;
    this.now = driven.startAt ?? instant(Date.UTC(2026, 0, 5, 8));
  }

  /** Applies one input at the present time and returns its effects. Throws when the machine is impure. */
  send(input: Input): readonly Effect<Input, Call>[] {
    const stored = throughJson(input);
    const { machine } = this.#driven;
    // Frozen: a machine that changes its state or input in place throws.
    const first = machine(frozen(throughJson(this.state)), frozen(stored), this.now, this.self);
    const again = machine(throughJson(this.state), throughJson(input), this.now, this.self);
    if (!isDeepStrictEqual(throughJson(first), throughJson(again)))
      throw new Error(`the machine is not pure: ${JSON.stringify(input)} gave two different results`);
    this.history.push({ input: stored, at: this.now });
    this.state = throughJson(first.state);
    const effects = throughJson(first.effects);
    this.effects.push(...effects);
    return effects;
  }

  /** Lets time pass, in milliseconds. */
  pass(ms: number): this {
    this.now = later(this.now, plus(this.now, ms));
    return this;
  }

  /** Calls among effects. */
  static calls<Call>(effects: readonly Effect<unknown, Call>[]): readonly Call[] {
    return effects.flatMap((effect) => (effect.kind === "call" ? [effect.call] : []));
  }
}

const frozen = <Value>(value: Value): Value => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
};

/** JSON would turn these into something else in silence: NaN into null, a Map into {}, a Date into text. */
const refuseUnlike = function (this: unknown, key: string, written: unknown): unknown {
  const value = key === "" ? written : (this as Readonly<Record<string, unknown>>)[key];
  const isPlain =
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value) ||
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null);
  if (!isPlain || (typeof value === "number" && !Number.isFinite(value)) || typeof value === "function")
    throw new TypeError(
      `${key === "" ? "the value" : `"${key}"`} cannot be stored: it would come back as something else`,
    );
  return written;
};

/** What comes back when a value is written as JSON and read again. Throws on what JSON cannot hold. */
export const throughJson = <Value>(value: Value): Value => {
  const text = JSON.stringify(value, refuseUnlike);
  if (text === undefined) throw new TypeError("undefined cannot be stored");
  return JSON.parse(text) as Value;
};
