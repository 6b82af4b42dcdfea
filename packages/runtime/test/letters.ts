import {
  type ControlOrder,
  controlKey,
  controlTopic,
  controlValue,
  defineTopic,
  sealedType,
  type TopicContract,
} from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  call,
  emit,
  from,
  type Machine,
  openedOf,
  partitionOf,
  plus,
  post,
  type Sealed,
  sealedFor,
  type Timer,
  type Topology,
  tell,
} from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { KeyRing, sealValue } from "@hybrid/sealing";
import { TestVault } from "@hybrid/sealing/testing";
import { Registry } from "prom-client";
import {
  type RunningService,
  runService,
  runtimeMetrics,
  type ServiceOptions,
  seededRandom,
} from "../src/index.ts";
import { foldJournal, passTime, readJournal, readPartition, settle } from "../testing/index.ts";
import { MemoryLogger, neighbours, partitions, startAt } from "./workbench.ts";

/** What must never stand in the log. */
export const secret = "only-for-her-eyes";

interface Letter {
  readonly id: string;
  readonly text: Sealed<string>;
}

export type Input =
  | { readonly kind: "letter"; readonly letter: Letter }
  | {
      readonly kind: "forward";
      readonly id: string;
      readonly to: readonly string[];
      readonly by: "tell" | "post";
    }
  | { readonly kind: "ask"; readonly id: string }
  | { readonly kind: "print"; readonly id: string }
  | { readonly kind: "remind"; readonly id: string }
  | { readonly kind: "break"; readonly id: string; readonly text: Sealed<string> }
  | { readonly kind: "answered"; readonly letter: Letter }
  | { readonly kind: "failed"; readonly id: string; readonly text: Sealed<string> };

interface Ask {
  readonly kind: "ask";
  readonly id: string;
  readonly text: Sealed<string>;
}

interface Box {
  readonly letters: readonly Letter[];
  readonly timers: readonly Timer[];
  readonly seen: readonly string[];
}

const initial: Box = { letters: [], timers: [], seen: [] };

const jsonTopic = (name: string): TopicContract<{ readonly json: string }> =>
  defineTopic({
    name,
    doc: "A test's topic.",
    keyDoc: "an actor",
    partitioning: "entity",
    retention: { cleanup: "delete", retentionMs: 86_400_000 },
    writers: ["test"],
    versions: [
      { type: "record", name: "Json", namespace: "test", fields: [{ name: "json", type: "string" }] },
    ],
  });

export const orders = jsonTopic("box-orders");

/** A topic with a declared field. */
export const prints = defineTopic<{ readonly id: string; readonly text: Sealed<string> }>({
  ...orders,
  name: "box-prints",
  versions: [
    {
      type: "record",
      name: "Print",
      namespace: "test",
      fields: [
        { name: "id", type: "string" },
        { name: "text", type: sealedType("user") },
      ],
    },
  ],
});

const nothing: Sealed<string> = { sealedFor: "acme/u-0", keyId: "", erased: true };
const first = ({ letters }: Box): Letter => letters[0] ?? { id: "none", text: nothing };

export const machine: Machine<Box, Input, Ask> = (box, input, now) => {
  const add = (letter: Letter): Box => ({
    ...box,
    letters: [...box.letters, letter],
    // What machines see: the text, or that it was erased.
    seen: [...box.seen, `${letter.id} ${openedOf(letter.text)?.length ?? "erased"}`],
  });
  switch (input.kind) {
    case "letter":
    case "answered":
      return { state: add(input.letter), effects: [] };
    case "forward": {
      const letter = { ...first(box), id: input.id };
      const send = input.by === "tell" ? tell<Input> : post<Input>;
      return { state: box, effects: input.to.map((to) => send(to as ActorId, { kind: "letter", letter })) };
    }
    case "ask":
      return { state: box, effects: [call({ kind: "ask", id: input.id, text: first(box).text })] };
    case "print":
      return {
        state: { ...box, timers: [] },
        effects: [emit(prints, actorIdOf("acme/u-1"), { id: input.id, text: first(box).text })],
      };
    case "remind":
      return {
        state: { ...box, timers: [{ name: input.id, dueAt: plus(now, 1_000) }] },
        effects: [],
      };
    case "failed":
      return { state: add({ id: input.id, text: input.text }), effects: [] };
    default:
      throw new Error("the machine has a bug");
  }
};

export const topology: Topology<Box, Input, Ask> = {
  service: "box",
  machine,
  initial,
  stateVersion: 1,
  upgrades: {},
  sealed: ["user"],
  sources: [
    from(orders, ({ json }, { key }) => ({ to: key as ActorId, input: JSON.parse(json) as Input })),
    from(prints, ({ id, text }, { key }) => ({
      to: key as ActorId,
      input: { kind: "letter", letter: { id, text } },
    })),
  ],
  calls: { ask: { repeat: "mayRepeat", because: "it only reads, so a second time does no harm" } },
  emits: [prints],
  timers: ({ timers }) => timers,
  timerFired: ({ name }) => ({ kind: "print", id: name }),
  callFailed: ({ id, text }) => ({ kind: "failed", id, text }),
};

export const { a, b, stranger } = neighbours();
export const owners = ["acme/u-alice", "acme/u-bob"].map(actorIdOf);
export const [alice, bob] = owners as [ActorId, ActorId];

type Service = RunningService<Box>;

/** A log, a vault, and boxes that run, die and run again. */
export class Desk {
  readonly clock: VirtualClock;
  readonly vault = new TestVault();
  readonly logger = new MemoryLogger();
  readonly log: Log;
  running: Service[] = [];
  /** Texts that the handler was given, or that they were erased. */
  readonly asked: (string | undefined)[] = [];
  /** What the outside world answers, sealed by the handler for the first time. */
  answer: (id: string) => Sealed<string> = (id) => sealedFor(alice, `${secret} answer ${id}`);

  constructor(log: Log, clock: VirtualClock) {
    this.log = log;
    this.clock = clock;
  }

  static async open(): Promise<Desk> {
    const clock = new VirtualClock(startAt);
    const own = new Desk(await openEmbeddedLog({ path: ":memory:", clock }), clock);
    await own.log.createTopics(
      [orders, prints].map(({ name }) => ({ name, partitions, cleanup: "delete", retentionMs: 86_400_000 })),
    );
    return own;
  }

  options(changed: Partial<ServiceOptions<Box, Input, Ask>> = {}): ServiceOptions<Box, Input, Ask> {
    return {
      topology,
      handlers: {
        ask: ({ id, text }) => {
          this.asked.push(openedOf(text));
          return Promise.resolve({ kind: "answered", letter: { id: `${id}-answer`, text: this.answer(id) } });
        },
      },
      log: this.log,
      topics: [orders, prints],
      partitions,
      scheduler: this.clock,
      random: seededRandom(1),
      logger: this.logger,
      metrics: runtimeMetrics(new Registry()),
      keys: new KeyRing({ vault: this.vault, clock: this.clock }),
      deadlineTimer: () => () => undefined,
      ...changed,
    };
  }

  async start(changed: Partial<ServiceOptions<Box, Input, Ask>> = {}): Promise<Service> {
    const service = await runService(this.options(changed));
    this.running.push(service);
    await service.ready();
    return service;
  }

  async restart(): Promise<Service> {
    await this.halt();
    return this.start();
  }

  async halt(): Promise<void> {
    const stopped = Promise.all(this.running.map((service) => service.stop()));
    this.clock.advanceBy(10_000);
    await stopped;
    this.running = [];
  }

  async publish(key: ActorId, ...inputs: readonly Input[]): Promise<void> {
    const partition = partitionOf(key, partitions);
    await this.log.append(
      inputs.map((input) => ({
        topic: orders.name,
        partition,
        key,
        value: orders.encode({ json: JSON.stringify(input) }),
        timestamp: this.clock.now(),
      })),
    );
  }

  /** A letter as a writer outside puts it into a topic: sealed. */
  letter(id: string, owner: ActorId, text = `${secret} ${id}`): Input {
    const sealed = sealValue(sealedFor(owner, text), this.vault) as Sealed<string>;
    return { kind: "letter", letter: { id, text: sealed } };
  }

  settle(): Promise<void> {
    return settle(this.running);
  }

  /** Lets more time pass than a ring holds a key. */
  async forget(): Promise<void> {
    await passTime(this.clock, plus(this.clock.now(), 120_000), this.running);
  }

  async seen(actor: ActorId): Promise<readonly string[]> {
    return (await this.running[0]?.stateOf(actor))?.state.seen ?? [];
  }

  /** Everything that stands in the log, as text. */
  async everything(): Promise<string> {
    let text = "";
    for (const { name, partitions: count } of await this.log.topics())
      for (let partition = 0; partition < count; partition++)
        for (const { value } of await readPartition(this.log, name, partition))
          text += Buffer.from(value ?? new Uint8Array()).toString("latin1");
    return text;
  }

  async faults(): Promise<readonly unknown[]> {
    const journal = await readJournal(this.log, "box", partitions);
    return foldJournal(topology, journal, { keys: this.vault }).faults;
  }

  async close(): Promise<void> {
    await this.halt();
    await this.log.close();
  }
}

/** An operator's order, one copy in every partition. */
export const giveOrder = async ({ log, clock }: Desk, given: ControlOrder): Promise<void> => {
  const topic = controlTopic("box");
  const value = topic.encode(controlValue(given, clock.now()));
  await log.append(
    Array.from({ length: partitions }, (_, partition) => ({
      topic: topic.name,
      partition,
      key: controlKey(given),
      value,
      timestamp: clock.now(),
    })),
  );
};
