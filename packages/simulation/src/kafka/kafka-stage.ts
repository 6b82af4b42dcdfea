import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlTopic, topicSettings } from "@hybrid/contracts";
import { instant } from "@hybrid/kernel";
import { type GroupSettings, type Log, openKafkaLog } from "@hybrid/log";
import type { BankRelease } from "../bank/topics.ts";
import { type CheckFrame, checkFrame } from "../check/codecs.ts";
import { checkHistory } from "../check-history.ts";
import { History, mergeEvents, type Stamped } from "../history.ts";
import { readEnd } from "../read-end.ts";
import { recordingLog } from "../recording-log.ts";
import type { Violation } from "../violation.ts";
import { kafkaBank } from "./bank-worker.ts";
import { Feed } from "./feed.ts";
import { LocalWorker, type LocalWorkerOptions } from "./local-worker.ts";
import { machineOrder } from "./machine-order.ts";
import { type Outside, openOutside } from "./outside.ts";
import { until } from "./waiting.ts";
import { openWire, type Wire } from "./wire.ts";
import type { StageWorker, WorkerConfig, WorkerTimes } from "./worker-orders.ts";
import { WorkerProcess } from "./worker-process.ts";

/** What a stage is set up with. */
export interface KafkaStageOptions {
  /** host:port of a broker. */
  readonly broker: string;
  readonly partitions?: number;
  readonly times?: Partial<WorkerTimes>;
  /** The newest release that a worker of the run has; the first when left out. */
  readonly newest?: BankRelease;
}

/** Short, so that a run waits little; brokers allow one second at least. */
const defaultTimes: WorkerTimes = { sessionMs: 2_000, transactionMs: 5_000, requestMs: 4_000 };

/** A machine under load may take this time to come to rest; a sound one takes a few seconds. */
const restMsMax = 60_000;
const startMsMax = 30_000;

/**
 * A bank on a real broker: worker processes, a feed of orders, a world outside, and the history of all of
 * them. Everything that it starts ends with {@link KafkaStage.close}.
 */
export class KafkaStage {
  readonly name: string;
  readonly partitions: number;
  readonly times: WorkerTimes;
  readonly log: Log;
  readonly history: History;
  readonly outside: Outside;
  readonly feed: Feed;
  /** Every worker there ever was, oldest first. */
  readonly workers: StageWorker[] = [];
  readonly #broker: string;
  readonly #frame: CheckFrame;
  readonly #folder: string;
  readonly #wires: Wire[] = [];
  #violations: Promise<readonly Violation[]> | undefined;

  private constructor(
    options: KafkaStageOptions,
    parts: { readonly name: string; readonly log: Log; readonly outside: Outside },
  ) {
    const { name, log, outside } = parts;
    this.name = name;
    this.log = log;
    this.outside = outside;
    this.#broker = options.broker;
    this.partitions = options.partitions ?? 4;
    this.times = { ...defaultTimes, ...options.times };
    this.history = new History({ order: machineOrder() });
    const { topics } = kafkaBank(name);
    const { topology } = kafkaBank(name, options.newest);
    this.#frame = checkFrame({ topology, partitions: this.partitions });
    this.#folder = mkdtempSync(join(tmpdir(), "hybrid-faults-"));
    const producer = recordingLog(log, this.history, "producer");
    this.feed = new Feed({ log: producer, topics, partitions: this.partitions });
  }

  /** Opens a log of its own, the world outside, and creates the topics. */
  static async open(options: KafkaStageOptions): Promise<KafkaStage> {
    const name = `bank-${randomUUID().slice(0, 8)}`;
    const log = await openKafkaLog({
      brokers: [options.broker],
      clientId: `${name}-test`,
      clock: { now: () => instant(Date.now()) },
      sessionTimeoutMs: 6_000,
      rebalanceTimeoutMs: 6_000,
      requestTimeoutMs: 5_000,
    });
    const stage = new KafkaStage(options, { name, log, outside: await openOutside() });
    const contracts = [...Object.values(kafkaBank(name).topics), controlTopic(name)];
    await log.createTopics(contracts.map((contract) => topicSettings(contract, stage.partitions)));
    return stage;
  }

  /** The group of the bank's workers. */
  get group(): GroupSettings {
    const { service, sources, control, journal, checkpoint } = this.#frame;
    return {
      service,
      sources: [...sources.keys(), control.name],
      journal: journal.name,
      checkpoint: checkpoint.name,
      partitions: this.partitions,
    };
  }

  /** What a worker of this stage is started with; `change` says what it differs in. */
  configOf(change: Partial<WorkerConfig> = {}): WorkerConfig {
    const owner = `w${this.workers.length + 1}`;
    return {
      name: this.name,
      partitions: this.partitions,
      brokers: [this.#broker],
      ...this.times,
      owner,
      historyFile: join(this.#folder, `${owner}.jsonl`),
      wirePort: null,
      outsideUrl: this.outside.url,
      fuse: null,
      twin: false,
      instanceId: null,
      limits: {},
      release: "first",
      ...change,
    };
  }

  /** Lays a line to the broker on which faults can be put; for workers that are started with its port. */
  async openWire(): Promise<Wire> {
    const wire = await openWire(this.#broker);
    this.#wires.push(wire);
    return wire;
  }

  /** Starts a worker process; it joins by itself. */
  start(change: Partial<WorkerConfig> = {}): WorkerProcess {
    const worker = new WorkerProcess(this.configOf(change));
    this.workers.push(worker);
    return worker;
  }

  /** Starts workers and waits until they share all partitions. */
  async startAll(...changes: readonly Partial<WorkerConfig>[]): Promise<readonly WorkerProcess[]> {
    const started = changes.map((change) => this.start(change));
    await until({ what: "a share for every worker", ms: startMsMax }, () => {
      this.#mustLive(started);
      return this.isRunning() && started.every(({ status }) => (status?.owned.length ?? 0) > 0);
    });
    return started;
  }

  /** Starts a worker in this process, whose history is the stage's own. */
  async startLocal(
    change: Partial<WorkerConfig> = {},
    options: Omit<LocalWorkerOptions, "history"> = {},
  ): Promise<LocalWorker> {
    const worker = await LocalWorker.start(this.configOf(change), { ...options, history: this.history });
    this.workers.push(worker);
    return worker;
  }

  /** Every partition runs, each in one process that can work. */
  isRunning(): boolean {
    const owned = this.workers.flatMap(({ config, status }) => (config.twin ? [] : (status?.owned ?? [])));
    return owned.length === this.partitions && new Set(owned).size === this.partitions;
  }

  /** Resolves with the milliseconds until every partition runs again. */
  recovered(ms = restMsMax): Promise<number> {
    return until({ what: "the last partition", ms }, () => this.isRunning());
  }

  /** Why the system is not at rest; null when it is. */
  async unrest(): Promise<string | null> {
    const able = this.workers.filter(({ isAble, config }) => isAble && !config.twin);
    if (!this.isRunning()) return `partitions run: ${this.#whoRuns()}`;
    const busy = able.find(({ status }) => status?.busy);
    if (busy) return `${busy.owner} is busy`;
    const held = able.reduce((sum, { status }) => sum + (status?.callsHeld ?? 0), 0);
    if (held > 0) return `${held} calls are not started`;
    const waiting = able.find(({ status }) => status?.waits);
    if (waiting) return `${waiting.owner} waits for a timer`;
    const lags = await this.log.lag(this.group);
    const lag = lags.reduce((sum, each) => sum + each.lag, 0);
    return lag > 0 ? `${lag} records were not taken` : null;
  }

  #whoRuns(): string {
    return this.workers.map(({ owner, status }) => `${owner}: ${status?.owned.join() ?? "-"}`).join("; ");
  }

  /** Waits until all is done; resolves with what is missing when it never is. */
  async rest(ms = restMsMax): Promise<string | null> {
    await this.feed.stop();
    let quiet = 0;
    let unrest: string | null = "nothing was looked at";
    try {
      // A worker may have been between two things: what is done stays done.
      await until({ what: "rest", ms }, async () => {
        unrest = await this.unrest();
        quiet = unrest === null ? quiet + 1 : 0;
        return quiet >= 5;
      });
      return null;
    } catch (error) {
      return unrest ?? String(error);
    }
  }

  /** Brings the run to rest, stops everybody, reads what is there and checks the history. */
  conclude(options: { readonly restMsMax?: number } = {}): Promise<readonly Violation[]> {
    this.#violations ??= this.#conclude(options.restMsMax);
    return this.#violations;
  }

  async #conclude(restMs?: number): Promise<readonly Violation[]> {
    const stuck = await this.rest(restMs);
    await Promise.all(this.workers.filter(({ isAlive }) => isAlive).map((worker) => worker.stop()));
    await readEnd(this.log, this.history, { frame: this.#frame, stuck });
    return checkHistory(this.#frame, this.events());
  }

  /** What everybody has seen so far, in one order. */
  events(): readonly Stamped[] {
    return mergeEvents([this.history.events, ...this.workers.map(({ events }) => events)]);
  }

  #mustLive(workers: readonly StageWorker[]): void {
    const dead = workers.find(({ isAlive, config }) => !isAlive && config.fuse === null);
    if (dead) throw new Error(`${dead.owner} has ended:\n${dead.said}`);
  }

  /** Ends everything that was started, whatever has failed before. */
  async close(): Promise<void> {
    for (const worker of this.workers) if (worker.isAlive) await worker.kill();
    await this.feed.stop();
    for (const wire of this.#wires) await wire.close();
    await this.outside.close();
    await this.log.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
