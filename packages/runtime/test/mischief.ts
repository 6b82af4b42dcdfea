import { type ActorId, from, type Random } from "@hybrid/kernel";
import {
  type Fetch,
  type Input,
  type Ledger,
  machine,
  news,
  newsReader,
  orders,
  results,
  topology,
} from "./ledger.ts";
import type { LedgerOptions } from "./workbench.ts";

const cycle = (): object => {
  const made: { self?: unknown } = {};
  made.self = made;
  return made;
};

const trap = (): never => {
  throw new Error("no looking at this");
};

/** Throws whatever is done with it. */
const hostile = (): object => new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap, has: trap });

class Odd extends Error {
  override get name(): string {
    return trap();
  }
}

/** What any function may do instead of its work: each is made when it is asked for. */
export const antics: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error("a bug");
  },
  throwsNothing: () => {
    // oxlint-disable-next-line typescript/only-throw-error -- code of a service may do so.
    throw undefined;
  },
  throwsOddly: () => {
    throw new Odd("odd");
  },
  null: () => null,
  number: () => 7,
  text: () => "text",
  emptyObject: () => ({}),
  bigint: () => 1n,
  symbol: () => Symbol("odd"),
  function: () => () => 1,
  cycle,
  hostile,
  promise: () => Promise.resolve(7),
  rejection: () => Promise.reject(new Error("too late to be heard")),
};

const state = (): Ledger => ({ total: 0, applied: ["bad"], timers: [] });
const effect = (given: unknown) => (): unknown => ({ state: state(), effects: [given] });
const leaving = (given: () => unknown) => (): unknown => ({ state: given(), effects: [] });

/** What a machine may give besides that. */
export const steps: Readonly<Record<string, () => unknown>> = {
  ...antics,
  undefined: () => undefined,
  noEffects: () => ({ state: state() }),
  textForEffects: () => ({ state: state(), effects: "effects" }),
  effectsOfNothing: effect(undefined),
  unknownEffect: effect({ kind: "dance" }),
  symbolForKind: effect({ kind: Symbol("odd") }),
  hostileEffect: () => ({ state: state(), effects: [hostile()] }),
  callOfNothing: effect({ kind: "call" }),
  callOfNoKind: effect({ kind: "call", call: { kind: 7 } }),
  callOfBigInt: effect({ kind: "call", call: { kind: "fetch", id: 1n } }),
  callOfPrototype: effect({ kind: "call", call: { kind: "toString" } }),
  emitOnSymbol: effect({ kind: "emit", topic: Symbol("odd"), key: "acme/u-1", value: null }),
  emitToNumber: effect({ kind: "emit", topic: results.name, key: 7, value: null }),
  emitToNobody: effect({ kind: "emit", topic: results.name, key: "nobody", value: null }),
  emitOfNothing: effect({ kind: "emit", topic: results.name, key: "acme/u-1" }),
  tellToNumber: effect({ kind: "tell", to: 7, input: {} }),
  tellOfNothing: effect({ kind: "tell", to: "acme/u-1" }),
  tellOfCycle: () => ({ state: state(), effects: [{ kind: "tell", to: "acme/u-1", input: cycle() }] }),
  tellFarAway: effect({ kind: "tell", to: "acme/t-x#99999", input: {} }),
  postToNumber: effect({ kind: "post", to: 7, input: {} }),
  postOfNothing: effect({ kind: "post", to: "acme/u-1" }),
  postOfCycle: () => ({ state: state(), effects: [{ kind: "post", to: "acme/u-1", input: cycle() }] }),
  postFarAway: effect({ kind: "post", to: "acme/t-x#99999", input: {} }),
  postToTheRuntime: effect({ kind: "post", to: "sys/t-control#", input: {} }),
  noState: () => ({ effects: [] }),
  bigintState: leaving(() => ({ ...state(), total: 1n })),
  cyclicState: leaving(cycle),
  hostileState: leaving(hostile),
  functionState: leaving(() => trap),
  unwritableState: leaving(() => ({ toJSON: trap })),
  timerWithoutTime: leaving(() => ({ ...state(), timers: [{ name: "x", dueAt: Number.NaN }] })),
  timerWithoutName: leaving(() => ({ ...state(), timers: [{ dueAt: 1 }] })),
  timerFarAway: leaving(() => ({ ...state(), timers: [{ name: "x", dueAt: 8e15 }] })),
  timersOfNothing: leaving(() => ({ ...state(), timers: [null] })),
  noTimers: leaving(() => ({ total: 0, applied: ["bad"] })),
};

/** What a source's map may give besides the antics. */
export const addresses: Readonly<Record<string, () => unknown>> = {
  ...antics,
  noActor: () => ({ input: {} }),
  numberForActor: () => ({ to: 7, input: {} }),
  noAddress: () => ({ to: "nobody", input: {} }),
  ofTheRuntime: () => ({ to: "sys/t-control#", input: {} }),
};

/** Whether an actor, a call or a timer of this name misbehaves. */
const isBad = (name: string): boolean => name.includes("bad");

type Antic = () => unknown;

/** What each function of the service does for the bad ones when it is asked next; its work when undefined. */
export interface Mischief {
  step?: Antic | undefined;
  address?: Antic | undefined;
  timers?: Antic | undefined;
  timerFired?: Antic | undefined;
  callFailed?: Antic | undefined;
  handler?: Antic | undefined;
  encode?: Antic | undefined;
  upgrade?: Antic | undefined;
}

/** Mischief at random, each of these times as likely as work. */
export const randomMischief = (random: Random): Mischief => {
  const pick = (list: Readonly<Record<string, Antic>>): Antic | undefined => {
    const all = Object.values(list);
    return random() < 0.5 ? undefined : all[Math.floor(random() * all.length)];
  };
  const mischief: Mischief = {};
  const parts = { timers: antics, timerFired: antics, callFailed: antics, handler: antics, encode: antics };
  for (const [part, list] of Object.entries({ ...parts, upgrade: antics, step: steps, address: addresses }))
    Object.defineProperty(mischief, part, { get: () => pick(list) });
  return mischief;
};

const isBadState = (given: unknown): boolean => {
  const { applied } = given as Partial<Ledger>;
  return Array.isArray(applied) && applied.some(isBad);
};

/** A ledger each of whose functions works for most actors, and does mischief for those that are bad. */
export const mischievous = (
  mischief: Mischief,
  stateVersion = 1,
): Pick<LedgerOptions, "topology" | "handlers"> => {
  const asked = (part: keyof Mischief, applies: boolean): Antic | undefined =>
    applies ? mischief[part] : undefined;
  /** Changes what it was given and must leave alone, before it misbehaves. */
  const spoilt = (given: object, antic: Antic): never => {
    Object.assign(given, { kind: "spoilt", id: "spoilt", total: -1, applied: ["spoilt"], dueAt: Number.NaN });
    return antic() as never;
  };
  const upgrade = (old: unknown): unknown => {
    const antic = asked("upgrade", isBadState(old));
    return antic ? antic() : old;
  };
  return {
    topology: {
      ...topology,
      stateVersion,
      upgrades: stateVersion > 1 ? { 1: upgrade } : {},
      machine(given, input: Input, now, self) {
        const antic = asked("step", isBad(self));
        if (!antic) return machine(given, input, now, self);
        Object.assign(input, { kind: "spoilt" });
        return spoilt(given, antic);
      },
      sources: [
        from(orders, ({ order }, { key }) => {
          const antic = asked("address", isBad(key));
          return antic ? (antic() as never) : { to: key as ActorId, input: order };
        }),
        from(news, ({ order }) => ({ to: newsReader, input: { kind: "news", text: order } })),
      ],
      emits: [
        {
          ...results,
          encode(value: { readonly order: string }) {
            const antic = asked("encode", isBad(value.order));
            return antic ? (antic() as never) : results.encode(value);
          },
        },
        ...topology.emits.slice(1),
      ],
      timers(given) {
        const antic = asked("timers", isBadState(given));
        return antic ? (antic() as never) : topology.timers(given);
      },
      timerFired(timer) {
        const antic = asked("timerFired", isBad(timer.name));
        return antic ? spoilt(timer, antic) : topology.timerFired(timer);
      },
      callFailed(order: Fetch, failure) {
        const antic = asked("callFailed", isBad(order.id));
        return antic ? spoilt(order, antic) : topology.callFailed(order, failure);
      },
    },
    handlers: {
      async fetch(order) {
        const { id } = order;
        const antic = asked("handler", isBad(id));
        return antic ? spoilt(order, antic) : { kind: "fetched", id, answer: "ok" };
      },
    },
  };
};
