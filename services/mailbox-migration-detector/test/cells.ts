import { type ActorId, actorIdOf, entityOf, hours, minutes, unreachable } from "@hybrid/kernel";
import { MachineDriver } from "@hybrid/kernel/testing";
import type { Call, Input, Order } from "../src/domain/inputs.ts";
import { detectorMachine, timersOf } from "../src/domain/machine.ts";
import { designNumbers } from "../src/domain/numbers.ts";
import { type Assignment, type Entry, initial, type Organisation, type State } from "../src/domain/state.ts";

const anna = actorIdOf("acme/u-anna");
const acme = actorIdOf("acme/o");
const machine = detectorMachine(designNumbers);
const missing = { code: "mailboxMissing", retryable: false, retryAt: null, status: 404 } as const;
const unavailable = { code: "unavailable", retryable: true, retryAt: null, status: 503 } as const;

const firstEntry: Entry = {
  version: 1,
  enabled: true,
  attemptGeneration: 1,
  tenantId: "10000000-0000-4000-8000-000000000001",
  objectId: "a0000000-0000-4000-8000-00000000000a",
  connector: null,
};

/** One actor under test: a user or an organisation, and what happens to it in few words. */
export class Subject {
  readonly driver: MachineDriver<State, Input, Call>;
  entry: Entry = { ...firstEntry, version: 0 };

  constructor(self: ActorId = anna) {
    this.driver = new MachineDriver({ machine, initial, self });
  }

  get now() {
    return this.driver.now;
  }

  given(...inputs: readonly Input[]): this {
    this.driver.given(...inputs);
    return this;
  }

  pass(ms: number): this {
    this.driver.pass(ms);
    return this;
  }

  /** The directory's next version of the user. */
  put(over: Partial<Entry> = {}): this {
    this.entry = { ...this.entry, version: this.entry.version + 1, ...over };
    return this.given({ kind: "directoryChanged", entry: this.entry, removed: false });
  }

  cloud(to: "active" | "error" | "notActivated", reason: string | null = null): this {
    return this.given({ kind: "cloudChanged", to, reason });
  }

  chosen(cluster = "north", mailbox: "exchange" | "office365" = "exchange"): this {
    return this.given({ kind: "clusterChosen", cluster, mailbox });
  }

  /** Lets time pass until the timer is due, and fires it. */
  untilDue(): this {
    const [timer] = timersOf(this.driver.state, designNumbers);
    if (!timer) throw new Error("no timer is set");
    return this.pass(Math.max(0, timer.dueAt - this.now)).given({ kind: "timerFired" });
  }

  looked(found: "cloud" | "onPremises"): this {
    const number = numberOf(this);
    return this.given(
      found === "cloud"
        ? { kind: "mailboxAnswered", number }
        : { kind: "probeFailed", number, failure: missing },
    );
  }
}

/** The number of the look that is under way, or of the latest one. */
const numberOf = ({ driver: { state } }: Subject): number =>
  state.kind === "user" ? (state.inFlight ?? state.calls) : 0;

const inCloud = (): Subject => new Subject().put().cloud("active");
const left = (): Subject => inCloud().cloud("error", "mailboxMissing");
const reserved = (): Subject => left().chosen();
const serving = (): Subject => reserved().cloud("notActivated", "onConnector");

/** An organisation with one cluster outside resource groups and one inside. */
const clusters = (room = 2): Subject =>
  new Subject(acme).given(
    {
      kind: "clusterPut",
      name: "north",
      cluster: { resourceGroup: null, office365UsersMax: room, exchangeUsersMax: room, operational: true },
    },
    {
      kind: "clusterPut",
      name: "lab",
      cluster: { resourceGroup: "pilot", office365UsersMax: 2, exchangeUsersMax: 2, operational: true },
    },
  );

const wanted = (present: "north" | null): Input => ({
  kind: "clusterWanted",
  user: anna,
  resourceGroup: null,
  mailbox: "exchange",
  present: present === null ? null : { cluster: present, mailbox: "exchange" },
});

const moved = (stage: "noticed" | "completed"): Input => ({ kind: "moved", direction: "toCloud", stage });

/** Every state an actor can be in, as far as inputs are treated differently. */
export const states = {
  user: {
    "nobody yet": () => new Subject(),
    "tried by the cloud": () => new Subject().put().cloud("notActivated", "pending"),
    disabled: () => new Subject().put({ enabled: false }),
    "served by the cloud": inCloud,
    "served by the cloud, being looked at": () => inCloud().untilDue(),
    "served by the cloud, its mailbox missing once": () => inCloud().untilDue().looked("onPremises"),
    "served by the cloud, its mailbox missing": () =>
      inCloud().untilDue().looked("onPremises").untilDue().looked("onPremises"),
    "on premises, without a cluster yet": left,
    "on premises, its cluster reserved": reserved,
    "on premises, refused for want of room": () => left().given({ kind: "clusterRefused", reason: "noRoom" }),
    "served by its connector": serving,
    "served by its connector, being looked at": () => serving().untilDue(),
    "served by its connector, its mailbox seen in the cloud once": () => serving().untilDue().looked("cloud"),
    "released to the cloud": () => serving().untilDue().looked("cloud").untilDue().looked("cloud"),
    "in a resource group, its cluster reserved": () =>
      new Subject().put({ connector: { resourceGroup: "pilot" } }).chosen("lab", "office365"),
    "in a resource group, served": () =>
      new Subject()
        .put({ connector: { resourceGroup: "pilot" } })
        .chosen("lab", "office365")
        .cloud("notActivated", "onConnector"),
    "with a connector in no group, awaiting takeover": () =>
      new Subject()
        .put({ connector: { resourceGroup: null } })
        .chosen()
        .cloud("notActivated", "onConnector"),
    "without consent": () => inCloud().cloud("error", "consentRevoked"),
  },
  organisation: {
    "without clusters": () => new Subject(acme),
    "with room": () => clusters(),
    "with one user in a cluster": () => clusters().given(wanted(null)),
    "whose clusters are full": () => clusters(1).given(wanted(null)),
    "whose cluster is out of service": () =>
      clusters()
        .given(wanted(null))
        .given({
          kind: "clusterPut",
          name: "north",
          cluster: { resourceGroup: null, office365UsersMax: 2, exchangeUsersMax: 2, operational: false },
        }),
    "whose cluster is gone, but for its users": () =>
      clusters().given(wanted(null)).given({ kind: "clusterRemoved", name: "north" }),
    "with a batch that was told": () => clusters().given(moved("noticed")).pass(minutes(1)),
    "with a batch that has grown": () =>
      clusters().given(moved("noticed")).pass(minutes(1)).given(moved("noticed")).pass(minutes(1)),
    "with a batch that may be told again": () =>
      clusters().given(moved("noticed")).pass(minutes(1)).given(moved("noticed")).pass(minutes(5)),
    "with a batch that is over": () => clusters().given(moved("noticed"), moved("completed")).pass(hours(7)),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, () => Subject>>>>;

/** Which actors there are. */
export type Kind = keyof typeof states;

type Inputs = Readonly<Record<string, (subject: Subject) => Input>>;

const next = ({ entry }: Subject, over: Partial<Entry>): Input => ({
  kind: "directoryChanged",
  entry: { ...entry, version: entry.version + 1, ...over },
  removed: false,
});

/** Every input, as far as states treat it differently; an outcome is that of the latest look. */
export const inputs = {
  user: {
    "the directory repeats itself": ({ entry }) => ({ kind: "directoryChanged", entry, removed: false }),
    "the directory has something new that changes nothing": (s) => next(s, {}),
    "somebody toggles it on": (s) =>
      next(s, { enabled: true, attemptGeneration: s.entry.attemptGeneration + 1 }),
    "the administrator disables it": (s) => next(s, { enabled: false }),
    "the directory removes it": ({ entry }) => ({ kind: "directoryChanged", entry, removed: true }),
    "its mailbox becomes another one": (s) => next(s, { objectId: "b0000000-0000-4000-8000-00000000000b" }),
    "it joins a resource group": (s) => next(s, { connector: { resourceGroup: "pilot" } }),
    "it gets a connector in no group": (s) => next(s, { connector: { resourceGroup: null } }),
    "it has no connector any more": (s) => next(s, { connector: null }),
    "the cloud serves it": () => ({ kind: "cloudChanged", to: "active", reason: null }),
    "the cloud finds no mailbox": () => ({ kind: "cloudChanged", to: "error", reason: "mailboxMissing" }),
    "the cloud fails for now": () => ({ kind: "cloudChanged", to: "error", reason: "unavailable" }),
    "the cloud has no consent": () => ({ kind: "cloudChanged", to: "error", reason: "consentRevoked" }),
    "the cloud has let it go": () => ({ kind: "cloudChanged", to: "notActivated", reason: "onConnector" }),
    "the cloud is to try it": () => ({ kind: "cloudChanged", to: "notActivated", reason: "pending" }),
    "the cloud has removed it": () => ({ kind: "cloudChanged", to: "removed", reason: null }),
    "somebody orders a look": () => ({ kind: "forced" }),
    "a cluster is chosen": () => ({ kind: "clusterChosen", cluster: "south", mailbox: "exchange" }),
    "no cluster has room": () => ({ kind: "clusterRefused", reason: "noRoom" }),
    "the mailbox answers": (s) => ({ kind: "mailboxAnswered", number: numberOf(s) }),
    "there is no mailbox": (s) => ({ kind: "probeFailed", number: numberOf(s), failure: missing }),
    "the look fails": (s) => ({ kind: "probeFailed", number: numberOf(s), failure: unavailable }),
    "an earlier look ends": () => ({ kind: "mailboxAnswered", number: -1 }),
    "its timer fires": (s) => {
      const [timer] = timersOf(s.driver.state, designNumbers);
      if (timer) s.pass(Math.max(0, timer.dueAt - s.now));
      return { kind: "timerFired" };
    },
  },
  organisation: {
    "a cluster is described": () => ({
      kind: "clusterPut",
      name: "north",
      cluster: { resourceGroup: null, office365UsersMax: 9, exchangeUsersMax: 9, operational: true },
    }),
    "a cluster is taken away": () => ({ kind: "clusterRemoved", name: "north" }),
    "a user wants a cluster": () => wanted(null),
    "a user of the cluster asks again": () => wanted("north"),
    "a user of another group wants one": () => ({ ...wanted(null), resourceGroup: "beta" }) as Input,
    "a user leaves its cluster": () => ({ kind: "clusterLeft", cluster: "north", mailbox: "exchange" }),
    "a move is noticed": () => moved("noticed"),
    "a move is complete": () => moved("completed"),
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

const assignmentText = (assignment: Assignment): string => {
  switch (assignment.stage) {
    case "reserved":
    case "serving":
      return `${assignment.stage} by ${assignment.cluster} (${assignment.mailbox})`;
    case "unassigned":
      return `unassigned (${assignment.reason})`;
    case "asked":
      return "a cluster asked for";
    default:
      return "no connector";
  }
};

const organisationText = ({ clusters: all, batches }: Organisation): string => {
  const parts = [
    ...Object.entries(all).map(
      ([name, { office365, exchange, isGone }]) =>
        `${name}${isGone ? " (gone)" : ""} ${office365}+${exchange}`,
    ),
    ...Object.entries(batches).map(
      ([direction, { noticed, completed }]) => `${direction} ${noticed}/${completed}`,
    ),
  ];
  return parts.length === 0 ? "an organisation" : parts.join(", ");
};

const stateText = (state: State): string => {
  switch (state.kind) {
    case "unknown":
      return "nothing";
    case "user":
      return [
        state.place,
        state.doubt === null ? "" : `or ${state.doubt}`,
        `- ${assignmentText(state.assignment)}`,
        state.move === null ? "" : `- moves ${state.move.direction}`,
      ]
        .filter((part) => part !== "")
        .join(" ");
    case "organisation":
      return organisationText(state);
    default:
      return unreachable(state);
  }
};

const emittedText = (topic: string, value: any, key: string): string => {
  switch (topic) {
    case "mailbox-signals":
      return `signals ${value.location}`;
    case "connector-assignments":
      return `tells ${value.stage} ${value.cluster ?? ""} because ${value.reason}`.replace("  ", " ");
    case "mailbox-migrations":
      return `tells a move ${value.direction}, ${value.waitsFor ?? "complete"}`;
    case "connector-load":
      return `tells ${entityOf(actorIdOf(key))} ${value.removed ? "gone" : value.colour}`;
    default:
      return `tells batch ${value.batch}, ${value.noticed}/${value.completed}${value.closed ? ", over" : ""}`;
  }
};

const orderText = (order: Order): string => {
  switch (order.kind) {
    case "call":
      return "looks";
    case "post":
      return order.input.kind === "moved" ? `posts move ${order.input.stage}` : `posts ${order.input.kind}`;
    case "emit":
      return emittedText(order.topic, order.value, order.key);
    default:
      throw new Error(`the detector orders no ${order.kind}`);
  }
};

/** When the next look is due, in minutes; a look that is under way has no next one. */
const dueText = (state: State, now: number): string => {
  const [timer] = timersOf(state, designNumbers);
  return timer === undefined || state.kind !== "user"
    ? ""
    : `next look in ${Math.round((timer.dueAt - now) / 60_000)} min`;
};

/** What an input did to an actor, in words. */
export const told = (before: State, after: State, orders: readonly Order[], now: number): string => {
  if (orders.length === 0 && JSON.stringify(before) === JSON.stringify(after)) return "ignores it";
  const verb = stateText(before) === stateText(after) ? "stays" : "becomes";
  const due = dueText(before, now) === dueText(after, now) ? "" : dueText(after, now);
  return [`${verb} ${stateText(after)}`, ...orders.map(orderText), ...(due === "" ? [] : [due])].join("; ");
};
