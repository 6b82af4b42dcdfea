import { defineTopic, type TopicContract } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  call,
  type Effect,
  type ErrorCode,
  emit,
  from,
  type Machine,
  plus,
  post,
  type Step,
  stay,
  type Timer,
  type Topology,
  tell,
} from "@hybrid/kernel";

/** What a record on `ledger-orders` orders; the runtime's whole repertoire, one kind each. */
export type Order =
  | { readonly kind: "add"; readonly id: string; readonly n: number; readonly padding?: string }
  | { readonly kind: "arm"; readonly id: string; readonly name: string; readonly inMs: number }
  | { readonly kind: "fetch"; readonly id: string }
  | { readonly kind: "forward"; readonly id: string; readonly to: string }
  | { readonly kind: "post"; readonly id: string; readonly to: readonly string[]; readonly chars?: number }
  | { readonly kind: "report"; readonly id: string }
  | { readonly kind: "announce"; readonly id: string }
  | { readonly kind: "clear" }
  | { readonly kind: "ignore" }
  | { readonly kind: "pingPong"; readonly to: string }
  | { readonly kind: "explode" }
  | { readonly kind: "emitUndeclared" }
  | { readonly kind: "emitMisfit" }
  | { readonly kind: "callUndeclared" }
  | { readonly kind: "grow"; readonly bytes: number };

export type Input =
  | Order
  | { readonly kind: "fired"; readonly timer: Timer }
  | { readonly kind: "news"; readonly text: string }
  | { readonly kind: "fetched"; readonly id: string; readonly answer: string }
  | {
      readonly kind: "fetchFailed";
      readonly id: string;
      readonly code: ErrorCode;
      readonly retryAt: number | null;
    };

export interface Fetch {
  readonly kind: "fetch";
  readonly id: string;
}

export interface Ledger {
  readonly total: number;
  /** Everything that was applied, in order. */
  readonly applied: readonly string[];
  readonly timers: readonly Timer[];
}

export const initial: Ledger = { total: 0, applied: [], timers: [] };

/** A topic whose records hold anything, as JSON. */
const jsonTopic = (
  name: string,
  partitioning: "entity" | "broadcast",
): TopicContract<{ readonly order: unknown }> => {
  const contract = defineTopic<{ readonly text: string }>({
    name,
    doc: "A test's topic.",
    keyDoc: "an actor",
    partitioning,
    retention: { cleanup: "delete", retentionMs: 86_400_000 },
    writers: ["test"],
    versions: [
      { type: "record", name: "Text", namespace: "test", fields: [{ name: "text", type: "string" }] },
    ],
  });
  return {
    ...contract,
    encode: ({ order }) => contract.encode({ text: JSON.stringify(order) }),
    decode: (bytes) => ({ order: JSON.parse(contract.decode(bytes).text) as unknown }),
  };
};

export const orders = jsonTopic("ledger-orders", "entity") as TopicContract<{ readonly order: Order }>;
export const news = jsonTopic("ledger-news", "broadcast") as TopicContract<{ readonly order: string }>;
export const results = jsonTopic("ledger-results", "entity") as TopicContract<{ readonly order: string }>;
export const headlines = jsonTopic("ledger-headlines", "broadcast") as TopicContract<{
  readonly order: string;
}>;
export const catalog = [orders, news, results, headlines];

/** Every partition's own reader of the news. */
export const newsReader = actorIdOf("acme/t-news#");

const note = (state: Ledger, what: string): Ledger => ({ ...state, applied: [...state.applied, what] });

const done = (state: Ledger, ...effects: Effect<Input, Fetch>[]): Step<Ledger, Input, Fetch> => ({
  state,
  effects,
});

const faulty = (state: Ledger, kind: string, self: ActorId): Step<Ledger, Input, Fetch> => {
  switch (kind) {
    case "explode":
      throw new Error("the machine has a bug");
    case "emitUndeclared":
      return done(note(state, "never"), { kind: "emit", topic: "ledger-secrets", key: self, value: null });
    case "emitMisfit":
      return done(note(state, "never"), { kind: "emit", topic: "ledger-results", key: self, value: 7 });
    default:
      return done(note(state, "never"), call({ kind: "bribe", id: "x" } as unknown as Fetch));
  }
};

export const machine: Machine<Ledger, Input, Fetch> = (state, input, now, self) => {
  switch (input.kind) {
    case "add":
      return done({ ...note(state, input.id), total: state.total + input.n });
    case "arm":
      return done({
        ...note(state, input.id),
        timers: [
          ...state.timers.filter(({ name }) => name !== input.name),
          { name: input.name, dueAt: plus(now, input.inMs) },
        ],
      });
    case "fetch":
      return done(note(state, input.id), call({ kind: "fetch", id: input.id }));
    case "forward":
      return done(
        note(state, input.id),
        tell<Input>(actorIdOf(input.to), { kind: "add", id: `${input.id}-told`, n: 1 }),
      );
    case "post":
      return done(
        note(state, input.id),
        ...input.to.map((to) =>
          post<Input>(to as ActorId, {
            kind: "add",
            id: `${input.id}-posted`,
            n: 1,
            padding: "x".repeat(input.chars ?? 0),
          }),
        ),
      );
    case "report":
      return done(note(state, input.id), emit(results, self, { order: `${self} ${input.id}` }));
    case "announce":
      return done(note(state, input.id), emit(headlines, self, { order: `${self} ${input.id}` }));
    case "fired":
      // A timer called "stuck" shows the fault of keeping what has fired.
      return input.timer.name === "stuck"
        ? stay(state)
        : done({
            ...note(state, `${input.timer.name}-fired`),
            timers: state.timers.filter(({ name }) => name !== input.timer.name),
          });
    case "news":
      return done(note(state, input.text));
    case "fetched":
      return done(note(state, `${input.id}-${input.answer}`));
    case "fetchFailed":
      if (input.id.startsWith("poison")) throw new Error("the machine cannot take this outcome");
      return done(
        note(state, `${input.id}-${input.code}${input.retryAt === null ? "" : `-${input.retryAt}`}`),
      );
    case "clear":
      return done(initial);
    case "ignore":
      return stay(state);
    case "pingPong":
      return done(state, tell<Input>(actorIdOf(input.to), { kind: "pingPong", to: self }));
    case "grow":
      return done(note(state, "x".repeat(input.bytes)));
    default:
      return faulty(state, input.kind, self);
  }
};

export const topology: Topology<Ledger, Input, Fetch> = {
  service: "ledger",
  machine,
  initial,
  stateVersion: 1,
  upgrades: {},
  sources: [
    from(orders, ({ order }, { key }) => {
      if (key.endsWith("/u-unmappable")) throw new Error("the map has a bug");
      return { to: actorIdOf(key), input: order };
    }),
    from(news, ({ order }) => ({ to: newsReader, input: { kind: "news", text: order } })),
  ],
  calls: {
    fetch: {
      repeat: "mayRepeat",
      because: "it only reads, so a second time does no harm",
      deadlineMs: 10_000,
    },
  },
  emits: [results, headlines],
  timers: (state) => state.timers,
  timerFired: (timer) => ({ kind: "fired", timer }),
  callFailed: ({ id }, { code, retryAt }) => ({ kind: "fetchFailed", id, code, retryAt }),
};
