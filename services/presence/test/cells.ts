import { type ActorId, actorIdOf, entityOf, hours, minutes, plus, unreachable } from "@hybrid/kernel";
import { MachineDriver } from "@hybrid/kernel/testing";
import type { Call, Input, Order, Reading } from "../src/domain/inputs.ts";
import { presenceMachine, timersOf } from "../src/domain/machine.ts";
import { designNumbers, groupSizeMax } from "../src/domain/numbers.ts";
import { type Group, initial, type State, type User } from "../src/domain/state.ts";
import { objectIdOf, personIdOf, tenantId, user } from "./world.ts";

const roster = actorIdOf(`acme/t-${tenantId}#0`);
const group = actorIdOf(`${roster}/g-0`);
const machine = presenceMachine(designNumbers, { eventsCountFor: new Set(["acme"]) });
const mailboxOf = (n: number) => ({ tenantId, objectId: objectIdOf(n) });
const unavailable = { code: "unavailable", retryable: true, retryAt: null, status: 503 } as const;
const missing = { code: "mailboxMissing", retryable: false, retryAt: null, status: 404 } as const;

/** One actor under test: a user, a roster or a group, and what happens to it in few words. */
export class Subject {
  readonly driver: MachineDriver<State, Input, Call>;

  constructor(self: ActorId) {
    this.driver = new MachineDriver({ machine, initial, self });
  }

  get now() {
    return this.driver.now;
  }

  given(...inputs: readonly Input[]): this {
    this.driver.given(...inputs);
    return this;
  }

  /** Lets time pass until the timer is due, and fires it. */
  untilDue(): this {
    const [timer] = timersOf(this.driver.state);
    if (!timer) throw new Error("no timer is set");
    this.driver.pass(Math.max(0, timer.dueAt - this.now));
    return this.given({ kind: "timerFired" });
  }

  pass(ms: number): this {
    this.driver.pass(ms);
    return this;
  }
}

/** The number of the latest call that was ordered. */
const numberOf = ({ driver: { state } }: Subject): number => {
  if (state.kind === "user") return state.webex.inFlight?.number ?? state.events.inFlight ?? state.calls;
  return state.kind === "group" ? state.number : 1;
};

const eventsNumberOf = ({ driver: { state } }: Subject): number =>
  state.kind === "user" ? (state.events.inFlight ?? state.calls) : 1;

/** A user with a mailbox and a person at Webex, whose calendar was read and holds nothing. */
const served = (): Subject => {
  const subject = new Subject(user(1)).given(
    { kind: "personChanged", personId: personIdOf(1), removed: false },
    { kind: "mailboxChanged", mailbox: mailboxOf(1) },
    { kind: "placed", group: 0 },
  );
  return subject.given({ kind: "eventsRead", number: numberOf(subject), windows: [] });
};

const away = (subject = served()): Subject =>
  subject.given({ kind: "repliesChanged", replies: { kind: "always" } });

const shownAtWebex = (): Subject => {
  const subject = away();
  const until = plus(subject.now, hours(1));
  return subject.given({ kind: "webexShown", number: numberOf(subject), until, previous: null });
};

const members = (count: number): readonly Input[] =>
  Array.from({ length: count }, (_, n) => ({
    kind: "memberJoined",
    user: user(n + 1),
    objectId: objectIdOf(n + 1),
  }));

const off = (n: number): Reading => ({ objectId: objectIdOf(n), replies: { kind: "off" } });

/** A group of two that was read once: nobody is away. */
const readOnce = (): Subject => {
  const subject = new Subject(group).given(...members(2)).untilDue();
  return subject.given({ kind: "repliesRead", number: numberOf(subject), readings: [off(1), off(2)] });
};

/** Every state an actor can be in, as far as inputs are treated differently. */
export const states = {
  user: {
    "nobody yet": () => new Subject(user(1)),
    "known to Webex alone": () =>
      new Subject(user(1)).given({ kind: "personChanged", personId: personIdOf(1), removed: false }),
    "in the office": served,
    "in the office, the calendar being read": () => served().given({ kind: "calendarChanged" }).untilDue(),
    "in the office, replies planned for later": () => {
      const subject = served();
      const [from, until] = [plus(subject.now, hours(3)), plus(subject.now, hours(5))];
      return subject.given({ kind: "repliesChanged", replies: { kind: "scheduled", from, until } });
    },
    "away, Webex being told": () => away(),
    "away and shown at Webex": () => shownAtWebex().pass(minutes(1)),
    "away and shown at Webex, to be refreshed": () => shownAtWebex().pass(minutes(30)),
    "away, shown at Webex until lately": () => {
      const subject = shownAtWebex().pass(minutes(30)).given({ kind: "timerFired" });
      subject.given({ kind: "tokenMissing", number: numberOf(subject) });
      return subject.pass(minutes(31));
    },
    "away by the calendar alone": () => {
      const subject = served().given({ kind: "calendarChanged" }).untilDue();
      const window = { from: subject.now, until: plus(subject.now, hours(4)) };
      subject.given({ kind: "eventsRead", number: numberOf(subject), windows: [window] });
      return subject.given({
        kind: "webexShown",
        number: numberOf(subject),
        until: plus(subject.now, hours(1)),
        previous: null,
      });
    },
    "away, the own status left alone": () => {
      const subject = away();
      return subject.given({ kind: "webexLeftAlone", number: numberOf(subject) });
    },
    "away, without a token": () => {
      const subject = away();
      return subject.given({ kind: "tokenMissing", number: numberOf(subject) });
    },
    "away, unknown at Webex": () => {
      const subject = new Subject(user(1));
      subject.given({ kind: "mailboxChanged", mailbox: mailboxOf(1) }, { kind: "placed", group: 0 });
      return away(subject.given({ kind: "eventsRead", number: numberOf(subject), windows: [] }));
    },
    "back, Webex being told": () =>
      shownAtWebex().given({ kind: "repliesChanged", replies: { kind: "off" } }),
    "back, Webex could not be told": () => {
      const subject = shownAtWebex().given({ kind: "repliesChanged", replies: { kind: "off" } });
      const number = numberOf(subject);
      return subject.given({ kind: "callFailed", call: "clearAtWebex", number, failure: unavailable });
    },
    "watched no more, Webex being told": () =>
      shownAtWebex().given({ kind: "mailboxChanged", mailbox: null }),
  },
  roster: {
    "of nobody": () => new Subject(roster),
    "of one user": () =>
      new Subject(roster).given({ kind: "userJoined", user: user(8), objectId: objectIdOf(8) }),
    "with one full group": () =>
      new Subject(roster).given(
        ...Array.from(
          { length: groupSizeMax },
          (_, n): Input => ({ kind: "userJoined", user: user(n + 8), objectId: objectIdOf(n + 8) }),
        ),
      ),
    "with a free place": () =>
      new Subject(roster).given(
        { kind: "userJoined", user: user(8), objectId: objectIdOf(8) },
        { kind: "userJoined", user: user(9), objectId: objectIdOf(9) },
        { kind: "userLeft", user: user(8), group: 0 },
      ),
  },
  group: {
    empty: () => new Subject(group),
    "that waits for others to join": () => new Subject(group).given(...members(1)),
    "being read": () => new Subject(group).given(...members(2)).untilDue(),
    "being read, the outcome overdue": () =>
      new Subject(group)
        .given(...members(2))
        .untilDue()
        .pass(designNumbers.readingMs),
    "read just now": readOnce,
    "read some time ago": () => readOnce().pass(minutes(2)),
    "that Graph has refused": () => {
      const subject = new Subject(group).given(...members(2)).untilDue();
      return subject.given({ kind: "readingFailed", number: numberOf(subject), failure: unavailable });
    },
    "being read, one member unreadable for a day": () => {
      const subject = readOnce().untilDue();
      const readings: Reading[] = [off(1), { objectId: objectIdOf(2), failure: missing }];
      subject.given({ kind: "repliesRead", number: numberOf(subject), readings });
      return subject.pass(hours(24)).untilDue();
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, () => Subject>>>>;

/** Which actors there are. */
export type Kind = keyof typeof states;

type Inputs = Readonly<Record<string, (subject: Subject) => Input>>;

const failedAtWebex = (subject: Subject): Input => {
  const { state } = subject.driver;
  const call = (state.kind === "user" ? state.webex.inFlight?.kind : undefined) ?? "showAtWebex";
  return { kind: "callFailed", call, number: numberOf(subject), failure: unavailable };
};

/** Every input, as far as states treat it differently; an outcome is that of the latest call ordered. */
export const inputs = {
  user: {
    "the mailbox is served": () => ({ kind: "mailboxChanged", mailbox: mailboxOf(1) }),
    "another mailbox is served": () => ({ kind: "mailboxChanged", mailbox: mailboxOf(2) }),
    "the mailbox is served no more": () => ({ kind: "mailboxChanged", mailbox: null }),
    "Webex has another person": () => ({
      kind: "personChanged",
      personId: personIdOf(2),
      removed: false,
    }),
    "Webex has no such person": () => ({ kind: "personChanged", personId: null, removed: false }),
    "the directory removes it": () => ({ kind: "personChanged", personId: null, removed: true }),
    "a group takes it": () => ({ kind: "placed", group: 4 }),
    "replies are always on": () => ({ kind: "repliesChanged", replies: { kind: "always" } }),
    "replies are off": () => ({ kind: "repliesChanged", replies: { kind: "off" } }),
    "replies are on from now until later": ({ now }) => ({
      kind: "repliesChanged",
      replies: { kind: "scheduled", from: plus(now, -hours(1)), until: plus(now, hours(8)) },
    }),
    "replies are planned for later": ({ now }) => ({
      kind: "repliesChanged",
      replies: { kind: "scheduled", from: plus(now, hours(1)), until: plus(now, hours(2)) },
    }),
    "replies are over": ({ now }) => ({
      kind: "repliesChanged",
      replies: { kind: "scheduled", from: plus(now, -hours(2)), until: plus(now, -hours(1)) },
    }),
    "the mailbox was unreadable for a day": () => ({ kind: "repliesUnreadable" }),
    "the calendar changes": () => ({ kind: "calendarChanged" }),
    "somebody looks": () => ({ kind: "looked" }),
    "the calendar shows an absence now": (s) => ({
      kind: "eventsRead",
      number: eventsNumberOf(s),
      windows: [{ from: s.now, until: plus(s.now, hours(9)) }],
    }),
    "the calendar shows none": (s) => ({ kind: "eventsRead", number: eventsNumberOf(s), windows: [] }),
    "the calendar could not be read": (s) => ({
      kind: "callFailed",
      call: "readEvents",
      number: eventsNumberOf(s),
      failure: unavailable,
    }),
    "Webex shows it": (s) => ({
      kind: "webexShown",
      number: numberOf(s),
      until: plus(s.now, hours(1)),
      previous: null,
    }),
    "Webex shows the person's own status": (s) => ({ kind: "webexLeftAlone", number: numberOf(s) }),
    "Webex shows it no more": (s) => ({ kind: "webexCleared", number: numberOf(s) }),
    "the person's token is missing": (s) => ({ kind: "tokenMissing", number: numberOf(s) }),
    "Webex fails": failedAtWebex,
    "Webex tells of an earlier call": ({ now }) => ({
      kind: "webexShown",
      number: -1,
      until: plus(now, hours(1)),
      previous: null,
    }),
    "its timer fires": () => ({ kind: "timerFired" }),
  },
  roster: {
    "a user joins": () => ({ kind: "userJoined", user: user(1), objectId: objectIdOf(1) }),
    "a user leaves": () => ({ kind: "userLeft", user: user(9), group: 0 }),
    "somebody wants a reading": () => ({ kind: "readingWanted", group: 0 }),
  },
  group: {
    "a member joins": () => ({ kind: "memberJoined", user: user(3), objectId: objectIdOf(3) }),
    "a member leaves": () => ({ kind: "memberLeft", user: user(1) }),
    "a stranger leaves": () => ({ kind: "memberLeft", user: user(7) }),
    "somebody looks": () => ({ kind: "lookedAt" }),
    "nobody is away": (s) => ({ kind: "repliesRead", number: numberOf(s), readings: [off(1), off(2)] }),
    "one member is away": (s) => ({
      kind: "repliesRead",
      number: numberOf(s),
      readings: [{ objectId: objectIdOf(1), replies: { kind: "always" } }, off(2)],
    }),
    "one member is throttled": (s) => ({
      kind: "repliesRead",
      number: numberOf(s),
      readings: [
        off(1),
        { objectId: objectIdOf(2), failure: { ...unavailable, code: "throttled", retryAt: plus(s.now, 1) } },
      ],
    }),
    "one member has no mailbox": (s) => ({
      kind: "repliesRead",
      number: numberOf(s),
      readings: [off(1), { objectId: objectIdOf(2), failure: missing }],
    }),
    "one member is not in the answer": (s) => ({
      kind: "repliesRead",
      number: numberOf(s),
      readings: [off(1)],
    }),
    "Graph refuses": (s) => ({ kind: "readingFailed", number: numberOf(s), failure: unavailable }),
    "Graph wants two hours": (s) => ({
      kind: "readingFailed",
      number: numberOf(s),
      failure: { ...unavailable, code: "throttled", retryAt: plus(s.now, hours(2)) },
    }),
    "an earlier reading ends": () => ({ kind: "repliesRead", number: -1, readings: [] }),
    "its timer fires": () => ({ kind: "timerFired" }),
  },
} as const satisfies Readonly<Record<Kind, Inputs>>;

/** The names of the states, and of the inputs, of a kind of actor. */
type StateName<Of extends Kind> = keyof (typeof states)[Of];
type InputName<Of extends Kind> = keyof (typeof inputs)[Of];

/** What every input does in every state of a kind of actor, in words; what a row leaves out is ignored. */
export type Cells<Of extends Kind> = Readonly<
  Record<StateName<Of>, Readonly<Partial<Record<InputName<Of>, string>>>>
>;

const webexText = ({ webex }: User): string => {
  if (webex.inFlight !== null) return `, ${webex.inFlight.kind} under way`;
  if (webex.said !== null) return ", said at Webex";
  return webex.isLeftAlone ? ", left alone at Webex" : "";
};

const groupText = ({ members: all, isReading, slowdown, failures }: Group): string =>
  [
    `a group of ${all.length}`,
    isReading ? ", being read" : "",
    failures > 0 ? `, failures: ${failures}` : "",
    slowdown > 1 ? `, ${slowdown} times slower` : "",
  ].join("");

const stateText = (state: State): string => {
  switch (state.kind) {
    case "unknown":
      return "nothing";
    case "user":
      return `${state.shown === null ? "in" : "away"}${webexText(state)}`;
    case "roster":
      return `a roster (groups: ${state.groups}, free places: ${state.holes.length})`;
    case "group":
      return groupText(state);
    default:
      return unreachable(state);
  }
};

const orderText = (order: Order): string => {
  switch (order.kind) {
    case "call":
      return order.call.kind;
    case "tell":
      return `tells ${entityOf(order.to).startsWith("u-") ? "the user" : "its reader"} ${order.input.kind}`;
    case "emit": {
      const { status, episode } = order.value as { readonly status: string; readonly episode: number };
      return `publishes ${status} ${episode}`;
    }
    default:
      throw new Error(`presence orders no ${order.kind}`);
  }
};

/** What an input did to an actor, in words. */
export const told = (before: State, after: State, orders: readonly Order[]): string => {
  if (orders.length === 0 && JSON.stringify(before) === JSON.stringify(after)) return "ignores it";
  const verb = stateText(before) === stateText(after) ? "stays" : "becomes";
  return [`${verb} ${stateText(after)}`, ...orders.map(orderText)].join("; ");
};
