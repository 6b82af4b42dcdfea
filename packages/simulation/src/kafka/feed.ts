import { setTimeout as pause } from "node:timers/promises";
import { SchemaBook } from "@hybrid/contracts";
import { type ActorId, actorIdOf, instant, partitionOf, type Random } from "@hybrid/kernel";
import { type Log, LogUnavailableError, type OutgoingRecord } from "@hybrid/log";
import { seededRandom } from "@hybrid/runtime";
import type { BankOrder, BankTopics } from "../bank/topics.ts";
import { rateKeeper } from "../bank/topology.ts";

/** What a feed writes to. */
export interface FeedPorts {
  readonly log: Log;
  readonly topics: BankTopics;
  readonly partitions: number;
}

/** How fast orders come, and of what kinds. */
export interface FeedOptions {
  /** 100 when left out. */
  readonly perSecond?: number;
  /** Orders that ask for a reminder are left out: a clock that jumps moves them. */
  readonly noTimers?: boolean;
  /** Orders that post are left out: posts of a newer release make older workers decline every partition. */
  readonly noPosts?: boolean;
}

const tickMs = 20;

const accounts: readonly ActorId[] = Array.from({ length: 24 }, (_, n) => actorIdOf(`acme/u-${n + 1}`));

interface Draw {
  readonly id: string;
  /** Who can be told something: accounts of the same partition. */
  readonly neighbours: readonly ActorId[];
  readonly noTimers: boolean;
  readonly noPosts: boolean;
}

const severalOf = (random: Random): readonly ActorId[] =>
  Array.from(
    { length: 1 + Math.floor(random() * 3) },
    () => accounts[Math.floor(random() * accounts.length)] ?? rateKeeper,
  );

const orderOf = (random: Random, { id, neighbours, noTimers, noPosts }: Draw): BankOrder => {
  const cents = 1 + Math.floor(random() * 900);
  const draw = random();
  if (draw < 0.25) return { kind: "pay", id, cents };
  const to = neighbours[Math.floor(random() * neighbours.length)];
  if (draw < 0.4 && to !== undefined) return { kind: "transfer", id, cents, to };
  if (draw < 0.5) return { kind: "statement", id };
  if (draw < 0.55) return { kind: "notice", id };
  if (draw < 0.65 && !noTimers) return { kind: "remind", id, inMs: Math.floor(random() * 500) };
  if (draw < 0.7) return { kind: "look", id };
  if (draw < 0.72) return { kind: "close", id };
  if (draw < 0.82 && !noPosts) return { kind: "spread", id, to: severalOf(random), cents, padding: "" };
  return { kind: "deposit", id, cents };
};

/** Gives the bank orders at a rate until it is stopped; what the log refuses was never accepted. */
export class Feed {
  #ports: FeedPorts;
  readonly #random = seededRandom(1);
  #count = 0;
  #refused = 0;
  #stop: AbortController | undefined;
  #running: Promise<void> | undefined;

  constructor(ports: FeedPorts) {
    this.#ports = ports;
  }

  /** Orders given so far. */
  get count(): number {
    return this.#count;
  }

  /** Appends that the log refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Writes as another release does, whose schemas are published before. Rejects as the log does. */
  async writeAs(topics: BankTopics): Promise<void> {
    const { log } = this.#ports;
    await new SchemaBook(log).publish([topics.orders, topics.rates], instant(Date.now()));
    this.#ports = { ...this.#ports, topics };
  }

  start(options: FeedOptions = {}): void {
    this.#stop = new AbortController();
    this.#running = this.#run(options, this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
  }

  /** Appends orders at once. */
  async give(...list: readonly (readonly [account: ActorId, order: BankOrder])[]): Promise<void> {
    const { log, topics, partitions } = this.#ports;
    await log.append(
      list.map(([account, value]) => ({
        topic: topics.orders.name,
        partition: partitionOf(account, partitions),
        key: account,
        value: topics.orders.encode({ value }),
        timestamp: instant(Date.now()),
      })),
    );
  }

  async #run(
    { perSecond = 100, noTimers = false, noPosts = false }: FeedOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const startedAt = performance.now();
    let given = 0;
    while (!signal.aborted) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) - given;
      // After an outage the crowd comes in pieces, as a queue in front of the log would give it.
      const many = Math.min(due, perSecond);
      const list = Array.from({ length: many }, () => this.#next({ noTimers, noPosts }));
      given += due;
      try {
        await this.give(...list);
        if (this.#random() < 0.02) await this.#announceRate();
      } catch (error) {
        if (!(error instanceof LogUnavailableError)) throw error;
        this.#refused += 1;
      }
      await pause(tickMs);
    }
  }

  #next(without: Pick<Draw, "noTimers" | "noPosts">): readonly [ActorId, BankOrder] {
    const account = accounts[Math.floor(this.#random() * accounts.length)] ?? rateKeeper;
    const { partitions } = this.#ports;
    const home = partitionOf(account, partitions);
    const neighbours = accounts.filter((each) => partitionOf(each, partitions) === home);
    return [account, orderOf(this.#random, { id: `o${++this.#count}`, neighbours, ...without })];
  }

  async #announceRate(): Promise<void> {
    const { log, topics, partitions } = this.#ports;
    const value = topics.rates.encode({ value: `rate ${++this.#count}` });
    const record = { topic: topics.rates.name, key: "acme/t-rates", value, timestamp: instant(Date.now()) };
    await log.append(
      Array.from({ length: partitions }, (_, partition): OutgoingRecord => ({ ...record, partition })),
    );
  }
}
