import { type ConnectorAssignment, connectorAssignments, type UserState } from "@hybrid/contracts";
import { type ActorId, actorIdOf, hours, minutes, plus } from "@hybrid/kernel";
import { MachineDriver } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Call, Input, Order } from "../src/domain/inputs.ts";
import { detectorMachine, timersOf } from "../src/domain/machine.ts";
import { designNumbers } from "../src/domain/numbers.ts";
import { type Entry, initial, type State, type User } from "../src/domain/state.ts";

const seed = Number(process.env["HYBRID_SEED"] ?? 19);
const numRuns = process.env["HYBRID_LONG"] === "1" ? 200 : 60;
const machine = detectorMachine(designNumbers);
const organisation = actorIdOf("acme/o");
const users = ["anna", "bert", "cleo", "dora"].map((name) => actorIdOf(`acme/u-${name}`));

const connectors: readonly Entry["connector"][] = [null, { resourceGroup: null }, { resourceGroup: "pilot" }];
const cloudWords = [
  { to: "active", reason: null },
  { to: "error", reason: "mailboxMissing" },
  { to: "error", reason: "unavailable" },
  { to: "error", reason: "consentRevoked" },
  { to: "notActivated", reason: "onConnector" },
  { to: "notActivated", reason: "pending" },
  { to: "removed", reason: null },
] as const satisfies readonly { readonly to: UserState; readonly reason: string | null }[];
const looks = ["cloud", "mailboxMissing", "unavailable", "throttled"] as const;

const who = fc.integer({ min: 0, max: users.length - 1 });
const anyAct = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      who,
      enabled: fc.constantFrom(true, true, true, false),
      connector: fc.constantFrom(...connectors),
      isToggled: fc.boolean(),
      isOther: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), who }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("cloud" as const), who, word: fc.constantFrom(...cloudWords) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("look" as const), who, found: fc.constantFrom(...looks) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("force" as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("cluster" as const),
      name: fc.constantFrom<string>("north", "south", "lab"),
      room: fc.integer({ min: 0, max: 3 }),
      operational: fc.constantFrom(true, true, false),
      isRemoved: fc.constantFrom(false, false, true),
    }),
  },
  // Posts reach their actors in the order of their sender, and as late as they like.
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("deliver" as const), from: fc.nat({ max: 9 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.nat({ max: minutes(120) }) }),
  },
);
type Act = typeof anyAct extends fc.Arbitrary<infer Of> ? Of : never;

interface Step {
  readonly actor: ActorId;
  readonly input: Input;
  readonly before: State;
  readonly after: State;
  readonly orders: readonly Order[];
  readonly now: number;
}

/** Users and their organisation, whose posts wait in one queue for each sender. */
class Play {
  readonly #drivers: ReadonlyMap<ActorId, MachineDriver<State, Input, Call>>;
  readonly #entries = new Map<ActorId, Entry>();
  readonly #posts: { readonly from: ActorId; readonly to: ActorId; readonly input: Input }[] = [];
  readonly #watch: (step: Step) => void;

  constructor(watch: (step: Step) => void) {
    this.#watch = watch;
    this.#drivers = new Map(
      [...users, organisation].map((self) => [self, new MachineDriver({ machine, initial, self })]),
    );
  }

  stateOf(actor: ActorId): State {
    return this.#driver(actor).state;
  }

  #driver(actor: ActorId): MachineDriver<State, Input, Call> {
    const driver = this.#drivers.get(actor);
    if (!driver) throw new Error(`nobody is called ${actor}`);
    return driver;
  }

  #send(actor: ActorId, input: Input): void {
    const driver = this.#driver(actor);
    const before = driver.state;
    const orders = driver.send(input);
    for (const order of orders)
      if (order.kind === "post") this.#posts.push({ from: actor, to: order.to, input: order.input });
    this.#watch({ actor, input, before, after: driver.state, orders, now: driver.now });
  }

  /** The oldest post of some sender arrives. */
  deliver(nth: number): boolean {
    const senders = [...new Set(this.#posts.map(({ from }) => from))];
    const from = senders[nth % Math.max(1, senders.length)];
    const at = this.#posts.findIndex((post) => post.from === from);
    const [post] = at < 0 ? [] : this.#posts.splice(at, 1);
    if (post === undefined) return false;
    this.#send(post.to, post.input);
    return true;
  }

  /** Lets time pass for everybody, timer by timer. */
  pass(ms: number): void {
    for (const [actor, driver] of this.#drivers) {
      const until = plus(driver.now, ms);
      for (;;) {
        const [timer] = timersOf(driver.state, designNumbers);
        if (timer === undefined || timer.dueAt > until) break;
        driver.pass(Math.max(0, timer.dueAt - driver.now));
        this.#send(actor, { kind: "timerFired" });
      }
      driver.pass(until - driver.now);
    }
  }

  apply(act: Act): void {
    if (act.kind === "deliver") return void this.deliver(act.from);
    if (act.kind === "pass") return this.pass(act.ms);
    if (act.kind === "cluster") return this.#send(organisation, clusterInput(act));
    const actor = users[act.who] as ActorId;
    switch (act.kind) {
      case "put":
        return this.#put(actor, act);
      case "remove": {
        const entry = this.#entries.get(actor);
        this.#entries.delete(actor);
        return entry && this.#send(actor, { kind: "directoryChanged", entry, removed: true });
      }
      case "cloud":
        return this.#send(actor, { kind: "cloudChanged", ...act.word });
      case "force":
        return this.#send(actor, { kind: "forced" });
      default:
        return this.#look(actor, act.found);
    }
  }

  #put(actor: ActorId, act: Extract<Act, { kind: "put" }>): void {
    const known = this.#entries.get(actor);
    const version = (known?.version ?? 0) + 1;
    const entry: Entry = {
      version,
      enabled: act.enabled,
      attemptGeneration: (known?.attemptGeneration ?? 0) + (act.isToggled ? 1 : 0),
      tenantId: "10000000-0000-4000-8000-000000000001",
      objectId: act.isOther ? `other ${version}` : (known?.objectId ?? "first"),
      connector: act.connector,
    };
    this.#entries.set(actor, entry);
    this.#send(actor, { kind: "directoryChanged", entry, removed: false });
  }

  #look(actor: ActorId, found: (typeof looks)[number]): void {
    const state = this.stateOf(actor);
    if (state.kind !== "user" || state.inFlight === null) return;
    const number = state.inFlight;
    if (found === "cloud") return this.#send(actor, { kind: "mailboxAnswered", number });
    const retryable = found !== "mailboxMissing";
    const failure = { code: found, retryable, retryAt: null, status: null } as const;
    this.#send(actor, { kind: "probeFailed", number, failure });
  }
}

const clusterInput = ({ name, room, operational, isRemoved }: Extract<Act, { kind: "cluster" }>): Input =>
  isRemoved
    ? { kind: "clusterRemoved", name }
    : {
        kind: "clusterPut",
        name,
        cluster: {
          resourceGroup: name === "lab" ? "pilot" : null,
          office365UsersMax: room,
          exchangeUsersMax: room,
          operational,
        },
      };

/** Three clusters with some room, and users whose mailboxes the cloud has not found: all want a place. */
const beginning: readonly Act[] = [
  ...["north", "south", "lab"].map(
    (name) => ({ kind: "cluster", name, room: 3, operational: true, isRemoved: false }) as const,
  ),
  ...users.flatMap((_, index) => [
    { kind: "put", who: index, enabled: true, connector: null, isToggled: false, isOther: false } as const,
    { kind: "cloud", who: index, word: cloudWords[1] } as const,
  ]),
];

/** What is wrong with a step, in words. */
type Watch = (step: Step) => readonly string[];

const holds = (watch: () => Watch, afterwards: (play: Play) => void = () => undefined): void =>
  fc.assert(
    fc.property(fc.array(anyAct, { minLength: 1, maxLength: 60, size: "max" }), (acts) => {
      const look = watch();
      const faults: string[] = [];
      const play = new Play((step) => {
        const found = look(step).map((fault) => `${step.actor}, ${step.input.kind}: ${fault}`);
        faults.push(...found);
      });
      for (const act of [...beginning, ...acts]) play.apply(act);
      expect(faults).toEqual([]);
      afterwards(play);
    }),
    { seed, numRuns },
  );

const userIn = (state: State): User | null => (state.kind === "user" ? state : null);

const stagesIn = ({ orders }: Step): readonly ConnectorAssignment["stage"][] =>
  orders.flatMap((order) =>
    order.kind === "emit" && order.topic === connectorAssignments.name
      ? [(order.value as unknown as ConnectorAssignment).stage]
      : [],
  );

const faultsOf = (faults: Readonly<Record<string, boolean>>): readonly string[] =>
  Object.entries(faults).flatMap(([fault, isThere]) => (isThere ? [fault] : []));

test("a connector begins only after the cloud has said that it let the user go", () => {
  holds(() => {
    const cloud = new Map<ActorId, string>();
    const stages = new Map<ActorId, string>();
    return (step) => {
      const { actor, input } = step;
      if (input.kind === "cloudChanged") cloud.set(actor, `${input.to} ${input.reason}`);
      return stagesIn(step).flatMap((stage) => {
        const hasLetGo = cloud.get(actor) === "notActivated onConnector";
        // A user of another cluster stays served: the cloud was let go long ago.
        const begins = stage === "serving" && stages.get(actor) !== "serving";
        // What the cloud said before a release says nothing of what it does afterwards.
        if (stage === "released") cloud.delete(actor);
        stages.set(actor, stage);
        return faultsOf({ "serves while the cloud may": begins && !hasLetGo });
      });
    };
  });
});

test("who is not wanted any more is released in the same step", () => {
  holds(() => {
    const stages = new Map<ActorId, string>();
    return (step) => {
      const { actor, input } = step;
      for (const stage of stagesIn(step)) stages.set(actor, stage);
      const isUnwanted = input.kind === "directoryChanged" && (input.removed || !input.entry.enabled);
      const stage = stages.get(actor) ?? "released";
      return faultsOf({ [`is ${stage} still`]: isUnwanted && stage !== "released" });
    };
  });
});

/** The longest time to the next look at a mailbox whose place is known. */
const withinMs = ({ entry, place }: User): number => {
  const isPinned = entry !== null && entry.connector !== null && entry.connector.resourceGroup !== null;
  return place === "onPremises" && !isPinned ? minutes(38) : hours(23);
};

test("one look at a time, the next one never in the past and in time, none without consent", () => {
  holds(() => ({ after, orders, now }) => {
    const user = userIn(after);
    if (user === null) return [];
    const ordered = orders.filter(({ kind }) => kind === "call").length;
    const [timer] = timersOf(after, designNumbers);
    const { entry, place, cloud, inFlight } = user;
    const mayBeLookedAt = entry?.enabled === true && cloud?.reason !== "consentRevoked";
    const isDue = mayBeLookedAt && place !== "unknown" && inFlight === null;
    return faultsOf({
      "orders several looks": ordered > 1,
      "does not wait for its look": ordered === 1 && inFlight === null,
      "looks without being asked to": ordered > 0 && !mayBeLookedAt,
      "has a timer in the past": timer !== undefined && timer.dueAt <= now,
      "plans no look": isDue && timer === undefined,
      "looks too late": isDue && timer !== undefined && timer.dueAt - now > withinMs(user),
    });
  });
});

const foundBy = (input: Input): User["doubt"] => {
  if (input.kind === "mailboxAnswered") return "cloud";
  return input.kind === "probeFailed" && input.failure.code === "mailboxMissing" ? "onPremises" : null;
};

test("a place changes by two findings in a row, by the cloud's word, or by one finding after an order", () => {
  holds(() => {
    const last = new Map<ActorId, string>();
    return ({ actor, input, before, after }) => {
      const [was, is, found] = [userIn(before), userIn(after), foundBy(input)];
      if (was === null || is === null) return [];
      const isLook = input.kind !== "directoryChanged" && input.kind !== "cloudChanged";
      const changes = isLook && was.place !== is.place;
      const isFirstInCloud = was.place === "unknown" && found === "cloud";
      const isEnough = was.isForced || isFirstInCloud || last.get(actor) === found;
      if (found !== null) last.set(actor, found);
      return faultsOf({
        "is somewhere else than found": changes && is.place !== found,
        "changes by one finding": changes && !isEnough,
      });
    };
  });
});

test("every place in a cluster is held by one user, whatever came in between and however late", () => {
  holds(
    () => () => [],
    (play) => {
      while (play.deliver(0));
      const held: Record<string, number> = {};
      for (const user of users) {
        const assignment = userIn(play.stateOf(user))?.assignment;
        if (assignment?.stage !== "reserved" && assignment?.stage !== "serving") continue;
        const place = `${assignment.cluster} ${assignment.mailbox}`;
        held[place] = (held[place] ?? 0) + 1;
      }
      const state = play.stateOf(organisation);
      const clusters = state.kind === "organisation" ? state.clusters : {};
      const counted = Object.entries(clusters).flatMap(([name, { office365, exchange }]) => [
        [`${name} office365`, office365] as const,
        [`${name} exchange`, exchange] as const,
      ]);
      expect(held).toEqual(Object.fromEntries(counted.filter(([, count]) => count > 0)));
    },
  );
});
