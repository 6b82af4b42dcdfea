import {
  type ControlOrder,
  controlKey,
  controlTopic,
  controlValue,
  type DeadLetter,
  deadLetterTopic,
  type TopicContract,
} from "@hybrid/contracts";
import { type ActorId, actorIdOf, instant, partitionOf } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { Registry } from "prom-client";
import {
  type Logger,
  type Phase,
  type RunningService,
  runService,
  runtimeMetrics,
  type ServiceOptions,
  seededRandom,
} from "../src/index.ts";
import { readTopic, settle } from "../testing/index.ts";
import {
  catalog,
  type Fetch,
  type Input,
  type Ledger,
  news,
  type Order,
  orders,
  topology,
} from "./ledger.ts";

export const partitions = 4;
export const startAt = instant(Date.UTC(2026, 0, 5, 8));

/** Keeps what was logged. */
export class MemoryLogger implements Logger {
  readonly lines: { readonly level: string; readonly fields: object; readonly message: string }[] = [];
  debug(fields: object, message: string): void {
    this.lines.push({ level: "debug", fields, message });
  }
  info(fields: object, message: string): void {
    this.lines.push({ level: "info", fields, message });
  }
  warn(fields: object, message: string): void {
    this.lines.push({ level: "warn", fields, message });
  }
  error(fields: object, message: string): void {
    this.lines.push({ level: "error", fields, message });
  }
}

export type LedgerOptions = ServiceOptions<Ledger, Input, Fetch>;

/** The outside world: remembers every request it got. */
export class World {
  readonly requests: { readonly callId: string; readonly id: string }[] = [];
  answer: (id: string, signal: AbortSignal) => Promise<string> = async () => "ok";
}

/** A process that can be killed: from then on nothing of it goes on, at whatever step it stood. */
export class Process {
  readonly #dead: Promise<never> = new Promise(() => undefined);
  #killed = false;
  /** Where to die by itself: at the n-th time that the phase is reached, counted from 1. */
  fuse: { readonly phase: Phase; times: number } | undefined;
  readonly seen: Phase[] = [];
  /** How the others find out; resolves when the group has given its partitions up. */
  onDeath: () => Promise<void> = () => Promise.resolve();
  #gone: Promise<void> | undefined;

  get killed(): boolean {
    return this.#killed;
  }

  kill(): void {
    this.#killed = true;
    this.#gone = this.onDeath();
  }

  /** Kills it if it still lives, and waits until the group knows. */
  async bury(): Promise<void> {
    if (!this.#killed) this.kill();
    await this.#gone;
  }

  at(phase: Phase): void | Promise<void> {
    this.seen.push(phase);
    if (!this.#killed && this.fuse?.phase === phase && --this.fuse.times === 0) this.kill();
    return this.#killed ? this.#dead : undefined;
  }
}

/** A log, a clock and a world, on which ledgers run, die and run again. */
export class Workbench {
  readonly clock: VirtualClock;
  readonly logger = new MemoryLogger();
  readonly registry = new Registry();
  readonly world = new World();
  readonly running = new Set<RunningService<Ledger>>();
  readonly log: Log;

  constructor(log: Log, clock: VirtualClock) {
    this.log = log;
    this.clock = clock;
  }

  static async open(path = ":memory:"): Promise<Workbench> {
    const clock = new VirtualClock(startAt);
    const bench = new Workbench(await openEmbeddedLog({ path, clock }), clock);
    await bench.log.createTopics(
      catalog.map(({ name }) => ({ name, partitions, cleanup: "delete", retentionMs: 86_400_000 })),
    );
    return bench;
  }

  options(changed?: Partial<LedgerOptions>): LedgerOptions {
    return {
      topology,
      handlers: {
        fetch: async ({ id }, { callId, signal }) => {
          this.world.requests.push({ callId, id });
          return { kind: "fetched", id, answer: await this.world.answer(id, signal) };
        },
      },
      log: this.log,
      topics: catalog,
      partitions,
      scheduler: this.clock,
      random: seededRandom(1),
      logger: this.logger,
      metrics: runtimeMetrics(this.registry),
      deadlineTimer: () => () => undefined,
      ...changed,
    };
  }

  /** Starts a ledger and waits until it runs. */
  async start(changed?: Partial<LedgerOptions>): Promise<RunningService<Ledger>> {
    const service = await runService(this.options(changed));
    this.running.add(service);
    await service.ready();
    return service;
  }

  /** Starts a ledger that dies when its process is killed; its group sees it leave then. */
  async startMortal(process: Process, changed?: Partial<LedgerOptions>): Promise<RunningService<Ledger>> {
    const service = await runService(
      this.options({
        observer: process,
        limits: { drainMs: 1, ...changed?.limits },
        // The group's patience with the dead: real time, because no virtual time passes for them.
        deadlineTimer: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
        ...changed,
      }),
    );
    process.onDeath = () => service.stop();
    return service;
  }

  async publish(key: string, ...list: readonly Order[]): Promise<void> {
    const partition = partitionOf(key as ActorId, partitions);
    await this.log.append(
      list.map((order) => ({
        topic: orders.name,
        partition,
        key,
        value: orders.encode({ order }),
        timestamp: this.clock.now(),
      })),
    );
  }

  async broadcast(text: string): Promise<void> {
    await this.log.append(
      Array.from({ length: partitions }, (_, partition) => ({
        topic: news.name,
        partition,
        key: "acme/t-news",
        value: news.encode({ order: text }),
        timestamp: this.clock.now(),
      })),
    );
  }

  /** An operator's order, as control-hub writes it: one copy in every partition. */
  async order(order: ControlOrder): Promise<void> {
    const topic = controlTopic("ledger");
    const timestamp = this.clock.now();
    const value = topic.encode(controlValue(order, timestamp));
    await this.log.append(
      Array.from({ length: partitions }, (_, partition) => ({
        topic: topic.name,
        partition,
        key: controlKey(order),
        value,
        timestamp,
      })),
    );
  }

  /** Bytes unchanged, whatever they mean. */
  async publishRaw(key: string, partition: number, value: Uint8Array | null): Promise<void> {
    await this.log.append([{ topic: orders.name, partition, key, value, timestamp: this.clock.now() }]);
  }

  /** Stops what runs in good order and starts again. */
  async restart(changed?: Partial<LedgerOptions>): Promise<RunningService<Ledger>> {
    for (const service of this.running) await service.stop();
    this.running.clear();
    return this.start(changed);
  }

  async settle(): Promise<void> {
    await settle([...this.running]);
  }

  /** Where every actor's orders stand, in the order of publication. */
  async orderOffsets(): Promise<ReadonlyMap<string, readonly number[]>> {
    const offsets = new Map<string, number[]>();
    for (const { key, offset } of await readTopic(this.log, orders.name, partitions))
      offsets.set(key ?? "", [...(offsets.get(key ?? "") ?? []), offset]);
    return offsets;
  }

  async deadLetters(
    origin: string,
  ): Promise<readonly (DeadLetter & { readonly key: string | null; readonly at: number })[]> {
    const topic: TopicContract<DeadLetter> = deadLetterTopic(origin, ["ledger"]);
    const records = await readTopic(this.log, topic.name, partitions);
    return records.map((record) => ({
      ...topic.decode(record.value ?? new Uint8Array()),
      key: record.key,
      at: record.partition,
    }));
  }

  /** Stops what runs; calls that hang are cut off, for the clock passes the drain limit. */
  async close(): Promise<void> {
    const stopped = Promise.all([...this.running].map((service) => service.stop()));
    this.clock.advanceBy(10_000);
    await stopped;
    await this.log.close();
  }

  async metric(name: string, labels: Readonly<Record<string, string>>): Promise<number | undefined> {
    const metric = await this.registry.getSingleMetric(name)?.get();
    return metric?.values.find((value) =>
      Object.entries(labels).every(
        ([label, wanted]) => (value.labels as Record<string, unknown>)[label] === wanted,
      ),
    )?.value;
  }
}

/** Two different actors of the same partition, and one of another. */
export const neighbours = (): { readonly a: ActorId; readonly b: ActorId; readonly stranger: ActorId } => {
  const a = actorIdOf("acme/u-1");
  const home = partitionOf(a, partitions);
  const others = Array.from({ length: 50 }, (_, n) => actorIdOf(`acme/u-${n + 2}`));
  const b = others.find((id) => partitionOf(id, partitions) === home)!;
  const stranger = others.find((id) => partitionOf(id, partitions) !== home)!;
  return { a, b, stranger };
};
