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
import { checkedMachine } from "./checked-machine.ts";
import { Happened } from "./happened.ts";
import { throughJson } from "./through-json.ts";

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
  readonly #machine: Machine<State, Input, Call>;
  readonly self: ActorId;
  state: State;
  now: EpochMs;
  /** All effects so far, oldest first. */
  readonly effects: Effect<Input, Call>[] = [];
  /** All inputs so far, with the time they were applied at. */
  readonly history: { readonly input: Input; readonly at: EpochMs }[] = [];

  constructor(driven: DrivenMachine<State, Input, Call>) {
    this.#machine = checkedMachine(driven.machine);
    this.self = driven.self ?? actorIdOf("acme/u-1");
    this.state = driven.initial;
    this.now = driven.startAt ?? instant(Date.UTC(2026, 0, 5, 8));
  }

  /** Applies one input at the present time and returns its effects. Throws when the machine is impure. */
  send(input: Input): readonly Effect<Input, Call>[] {
    const { state, effects } = this.#machine(this.state, input, this.now, this.self);
    this.history.push({ input: throughJson(input), at: this.now });
    this.state = state;
    this.effects.push(...effects);
    return effects;
  }

  /** Lets time pass, in milliseconds. */
  pass(ms: number): this {
    this.now = later(this.now, plus(this.now, ms));
    return this;
  }

  /** What has happened before: applies inputs one after the other. */
  given(...inputs: readonly Input[]): this {
    for (const input of inputs) this.send(input);
    return this;
  }

  /** Applies the input that a test is about; what comes of it is to be looked at. */
  when(input: Input): Happened<Input, Call> {
    return new Happened(this.send(input));
  }
}
