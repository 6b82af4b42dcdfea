import {
  type ActorId,
  actorIdOf,
  type CallFailure,
  call,
  type Effect,
  type EpochMs,
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
import { hashed } from "./hash.ts";
import {
  type BankOrder,
  type BankTopics,
  bankName,
  bankNotices,
  bankOrders,
  bankRates,
  bankStatements,
  type OddStep,
} from "./topics.ts";

/** What is asked of the world outside. */
export interface BankCall {
  readonly kind: "pay" | "audit";
  readonly id: string;
  readonly attempt: number;
}

/** Everything that reaches an account. */
export type BankInput =
  | BankOrder
  | {
      readonly kind: "credit";
      readonly id: string;
      readonly cents: number;
      readonly padding?: string;
    }
  | { readonly kind: "rate"; readonly id: string }
  | { readonly kind: "fired"; readonly timer: Timer }
  | { readonly kind: "done"; readonly id: string }
  | { readonly kind: "failed"; readonly call: BankCall; readonly retryAt: EpochMs | null };

/** An account. `trail` is a hash of all inputs in order, so that two histories never look the same. */
export interface Account {
  readonly cents: number;
  readonly steps: number;
  readonly trail: number;
  readonly timers: readonly Timer[];
  /** What it was asked to keep. */
  readonly hoard: string;
}

type BankStep = Step<Account, BankInput, BankCall>;

/** An account that nobody has used. */
export const newAccount: Account = { cents: 0, steps: 0, trail: 0, timers: [], hoard: "" };

/** The account of the bank itself in each partition: hears the rates. */
export const rateKeeper = actorIdOf("acme/t-rates#");

/** What one bank differs in from another. */
export interface BankTerms {
  readonly name: string;
  readonly topics: BankTopics;
  /** How long an account waits before it makes a failed call again, in milliseconds. */
  readonly retryMs: number;
}

const attemptsMax = 3;

const after = (account: Account, what: string, ...effects: Effect<BankInput, BankCall>[]): BankStep => ({
  state: { ...account, steps: account.steps + 1, trail: hashed(account.trail, what) },
  effects,
});

const withTimer = (account: Account, timer: Timer): Account => ({
  ...account,
  timers: [...account.timers.filter(({ name }) => name !== timer.name), timer],
});

const fired = (account: Account, { name }: Timer): BankStep => {
  const left = { ...account, timers: account.timers.filter((each) => each.name !== name) };
  const [what = "", id = "", attempt = ""] = name.split(" ");
  return what === "pay" || what === "audit"
    ? after(left, name, call({ kind: what, id, attempt: Number(attempt) }))
    : after(left, name);
};

const failed = (account: Account, { kind, id, attempt }: BankCall, dueAt: EpochMs): BankStep => {
  const what = `${kind} ${id} failed ${attempt}`;
  if (attempt >= attemptsMax) return after(account, what);
  return after(withTimer(account, { name: `${kind} ${id} ${attempt + 1}`, dueAt }), what);
};

const transfer = (account: Account, order: Extract<BankOrder, { kind: "transfer" }>): BankStep => {
  const { id, to, cents } = order;
  const credit = tell<BankInput>(actorIdOf(to), { kind: "credit", id, cents });
  return after({ ...account, cents: account.cents - cents }, id, credit);
};

const spread = (account: Account, order: Extract<BankOrder, { kind: "spread" }>): BankStep => {
  const { id, to, cents, padding } = order;
  const credits = to.map((each) => post<BankInput>(actorIdOf(each), { kind: "credit", id, cents, padding }));
  return after({ ...account, cents: account.cents - to.length * cents }, id, ...credits);
};

const brittle = (account: Account, { id, from }: Extract<BankOrder, { kind: "brittle" }>, now: EpochMs) => {
  if (now < from) throw new Error("the machine cannot take this order yet");
  return after(account, id);
};

/** What a service's code may do wrong; the types do not allow it. */
const oddStep = (state: Account, how: OddStep, self: ActorId): BankStep => {
  const odd: Readonly<Record<OddStep, unknown>> = {
    nothing: undefined,
    noEffects: { state },
    unknownEffect: { state, effects: [{ kind: "whistle" }] },
    badKey: { state, effects: [emit(bankStatements, `${self} and more` as ActorId, { value: "" })] },
    noJson: { state: { ...state, cents: 1n }, effects: [] },
    badTimer: { state: { ...state, timers: [{ name: "never", dueAt: Number.NaN }] }, effects: [] },
  };
  return odd[how] as BankStep;
};

type BankMachine = Machine<Account, BankInput, BankCall>;

const machineOf =
  ({ topics, retryMs }: BankTerms): BankMachine =>
  (account, input, now, self) => {
    switch (input.kind) {
      case "deposit":
      case "credit":
        return after({ ...account, cents: account.cents + input.cents }, `${input.kind} ${input.id}`);
      case "transfer":
        return transfer(account, input);
      case "spread":
        return spread(account, input);
      case "pay":
      case "audit":
        return after(account, input.id, call({ kind: input.kind, id: input.id, attempt: 1 }));
      case "remind":
        return after(
          withTimer(account, { name: `remind ${input.id}`, dueAt: plus(now, input.inMs) }),
          input.id,
        );
      case "statement":
        return after(
          account,
          input.id,
          emit(topics.statements, self, { value: `${input.id} ${account.cents}` }),
        );
      case "notice":
        return after(
          account,
          input.id,
          emit(topics.notices, self, { value: `${input.id} ${account.trail}` }),
        );
      case "look":
        return stay(account);
      case "close":
        return { state: newAccount, effects: [] };
      case "hoard":
        return after({ ...account, hoard: "x".repeat(input.chars) }, input.id);
      case "odd":
        return oddStep(account, input.how, self);
      case "break":
        throw new Error("the machine cannot take this order");
      case "brittle":
        return brittle(account, input, now);
      case "rate":
        return after(account, input.id, emit(topics.statements, self, { value: input.id }));
      case "fired":
        return fired(account, input.timer);
      case "done":
        return after(
          account,
          `${input.id} done`,
          emit(topics.statements, self, { value: `${input.id} done` }),
        );
      case "failed":
        return failed(account, input.call, input.retryAt ?? plus(now, retryMs));
      default:
        return input satisfies never;
    }
  };

/** A bank of accounts that uses all that the runtime can do, with everything that happens kept in order. */
export const bankOf = (terms: BankTerms): Topology<Account, BankInput, BankCall> => ({
  service: terms.name,
  machine: machineOf(terms),
  initial: newAccount,
  stateVersion: 1,
  upgrades: {},
  sources: [
    from(terms.topics.orders, ({ value }, { key }) => ({ to: actorIdOf(key), input: value })),
    from(terms.topics.rates, ({ value }) => ({ to: rateKeeper, input: { kind: "rate", id: value } })),
  ],
  calls: {
    pay: {
      repeat: "idempotencyKey",
      because: "the simulated world knows payments by their call id",
      deadlineMs: 10_000,
    },
    audit: {
      repeat: "checkBeforeWrite",
      because: "an audit that is there is not made again",
      deadlineMs: 10_000,
    },
  },
  emits: [terms.topics.statements, terms.topics.notices],
  timers: ({ timers }) => timers,
  timerFired: (timer) => ({ kind: "fired", timer }),
  callFailed: (order: BankCall, { retryAt }: CallFailure) => ({ kind: "failed", call: order, retryAt }),
});

/** The one bank of a simulation. */
export const bankTopology = bankOf({
  name: bankName,
  topics: { orders: bankOrders, rates: bankRates, statements: bankStatements, notices: bankNotices },
  retryMs: 45_000,
});

/** The release that all workers run in the end. */
export const newestRelease = 3;

/**
 * The bank as a release of it runs: the machines are the same, but their states have other versions, and only
 * the release itself and later ones can read them.
 */
export const bankRelease = (release: number): typeof bankTopology => ({
  ...bankTopology,
  stateVersion: release,
  upgrades: Object.fromEntries(
    Array.from({ length: release - 1 }, (_, before) => [before + 1, (state: unknown) => state as Account]),
  ),
});
