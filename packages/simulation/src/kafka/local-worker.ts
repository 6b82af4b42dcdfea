import { instant } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import type { Logger, Observer, RunningService } from "@hybrid/runtime";
import type { Account } from "../bank/topology.ts";
import type { History, Stamped } from "../history.ts";
import { openBankLog, runBank } from "./bank-worker.ts";
import type { StageWorker, WorkerConfig, WorkerStatus } from "./worker-orders.ts";

/** What a worker in the test's own process is started with. */
export interface LocalWorkerOptions {
  readonly history: History;
  readonly observer?: Observer;
  readonly sabotage?: (log: Log) => Log;
  readonly misuse?: (log: Log) => Log;
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A worker in the test's own process, for bugs that are planted in its code. */
export class LocalWorker implements StageWorker {
  readonly config: WorkerConfig;
  /** Everything is in the stage's own history already. */
  readonly events: readonly Stamped[] = [];
  readonly said = "";
  readonly #log: Log;
  readonly #service: RunningService<Account>;
  #stopping: Promise<void> | undefined;

  private constructor(config: WorkerConfig, log: Log, service: RunningService<Account>) {
    this.config = config;
    this.#log = log;
    this.#service = service;
  }

  static async start(config: WorkerConfig, options: LocalWorkerOptions): Promise<LocalWorker> {
    const log = await openBankLog(config, { now: () => instant(Date.now()) }, silent);
    const observer = options.observer ?? { at: () => undefined };
    const service = await runBank(config, { ...options, log, logger: silent, observer });
    return new LocalWorker(config, log, service);
  }

  get owner(): string {
    return this.config.owner;
  }

  get isAlive(): boolean {
    return this.#stopping === undefined;
  }

  get isAble(): boolean {
    return this.isAlive;
  }

  get status(): WorkerStatus | null {
    if (!this.isAlive) return null;
    const { busy, callsHeld, nextTimerAt } = this.#service.activity();
    return { owned: this.#service.partitionsOwned(), busy, callsHeld, waits: nextTimerAt !== null };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  kill(): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    await this.#service.stop();
    await this.#log.close();
  }
}
