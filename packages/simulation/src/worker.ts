import { type Cancel, type Handlers, plus, type Topology } from "@hybrid/kernel";
import type { VirtualClock } from "@hybrid/kernel/testing";
import type { Log } from "@hybrid/log";
import {
  type Logger,
  type Observer,
  type Phase,
  type RunningService,
  type RuntimeLimits,
  runService,
  runtimeMetrics,
  type ServiceOptions,
  seededRandom,
} from "@hybrid/runtime";
import { Registry } from "prom-client";
import { type Auditor, type AuditorInput, auditorTopology } from "./bank/auditor.ts";
import { bankTopics } from "./bank/topics.ts";
import { type Account, type BankCall, type BankInput, bankRelease, newestRelease } from "./bank/topology.ts";
import { Gate } from "./gate.ts";
import type { History } from "./history.ts";
import { processLog, type Seat } from "./process-log.ts";
import { recordingHandlers } from "./recording-handlers.ts";
import { recordingLog, wrapLog, wrapMembership } from "./recording-log.ts";
import { WorkerClock } from "./worker-clock.ts";
import type { OutsideWorld } from "./world.ts";

/** A step of the loop, or the time between asking for a commit and its answer. */
export type WorkerPhase = Phase | "duringAppend";

/** What happens to a worker by itself: at the n-th time (from 1) that it reaches a phase. */
export interface Fuse {
  readonly phase: WorkerPhase;
  times: number;
  readonly blow: (worker: Worker) => void;
}

/** What a worker finds around it. */
export interface WorkerStage {
  readonly seed: number;
  readonly partitions: number;
  readonly clock: VirtualClock;
  readonly history: History;
  readonly auditorHistory: History;
  readonly world: OutsideWorld;
  readonly log: Log;
  /** The log with its planted bug and the failures of the moment, as this worker finds it. */
  faulty(log: Log, worker: Worker): Log;
  /** The log as a worker uses it. */
  misused(log: Log): Log;
  /** Something happened between a worker and its surroundings. */
  beat(): void;
  /** Lets everything else have a turn of the event loop. */
  turn(): Promise<void>;
}

/** How a worker is started. */
export interface WorkerOptions {
  readonly limits?: Partial<RuntimeLimits>;
  readonly fuse?: Fuse;
  /** The log that this worker alone uses; the stage's own when left out. */
  readonly log?: Log;
  /** The release that it runs, which is its version of states; the newest when left out. */
  readonly release?: number;
  /** How far its clock is ahead, milliseconds; 0 when left out. */
  readonly aheadMs?: number;
}

/** How long the group waits for a silent worker, in milliseconds. */
export const sessionMs = 6_000;

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * A process that runs the bank and its auditor, on the stage's log and a clock of its own. It can be killed:
 * nothing of it goes on; frozen and thawed: what it was about to do comes later; stopped in good order.
 */
export class Worker {
  readonly name: string;
  readonly gate: Gate;
  readonly clock: WorkerClock;
  readonly release: number;
  fuse: Fuse | undefined;
  readonly #stage: WorkerStage;
  readonly #seats: Seat[] = [];
  #service: RunningService<Account> | undefined;
  #auditor: RunningService<Auditor> | undefined;
  #startFailure: unknown;
  #stopping: Promise<void> | undefined;
  #stopped = false;
  #endSession: Cancel | undefined;

  constructor(stage: WorkerStage, name: string, options: WorkerOptions = {}) {
    this.#stage = stage;
    this.name = name;
    this.gate = new Gate(() => stage.beat());
    this.clock = new WorkerClock(stage.clock, options.aheadMs ?? 0);
    this.release = options.release ?? newestRelease;
    this.fuse = options.fuse;
    void this.#begin(options);
  }

  async #begin(options: WorkerOptions): Promise<void> {
    try {
      this.#service = await runService(this.#bankOptions(options));
      this.#auditor = await runService(this.#auditorOptions(options));
    } catch (error) {
      this.#startFailure = error;
    }
  }

  /** The bank, once it has joined its group. */
  get service(): RunningService<Account> | undefined {
    return this.#service;
  }

  /** The auditor, once it has joined its group. */
  get auditor(): RunningService<Auditor> | undefined {
    return this.#auditor;
  }

  /** It can work: not dead, not frozen, not on its way out. */
  get able(): boolean {
    return !this.gate.dead && !this.gate.frozen && !this.#stopping && !this.expired;
  }

  /** Nothing more will come of it. */
  get over(): boolean {
    return this.gate.dead || this.#stopped || this.#startFailure !== undefined;
  }

  /** The group has thrown it out. */
  get expired(): boolean {
    return this.#seats.some(({ expired }) => expired);
  }

  /** It is dead, and a group has not thrown it out yet. */
  get keepsSeat(): boolean {
    return this.gate.dead && this.#seats.some(({ expired }) => !expired);
  }

  get startFailure(): unknown {
    return this.#startFailure;
  }

  /** Ends everything at once; the group learns of it after the session timeout, or now. */
  kill(options: { readonly noticedNow?: boolean } = {}): void {
    if (this.over) return;
    this.gate.kill();
    this.#endSession?.();
    if (options.noticedNow === true) this.expire();
    else this.#expireLater();
  }

  /** Stops everything as SIGSTOP does; the group throws it out after the session timeout. */
  freeze(): void {
    if (this.over || this.gate.frozen) return;
    this.gate.freeze();
    this.#expireLater();
  }

  /** Goes on where it stood. Thrown out meanwhile, it stops as a process does that has lost its group. */
  thaw(): void {
    if (!this.gate.frozen) return;
    this.#endSession?.();
    this.gate.thaw();
    if (this.expired) this.stop();
  }

  /** The group gives it up now. */
  expire(): void {
    for (const seat of this.#seats) seat.expire();
  }

  /** Begins a stop in good order. */
  stop(): void {
    if (this.over) return;
    this.#stopping ??= this.#stop();
  }

  async #stop(): Promise<void> {
    while (!this.#auditor && !this.over) await this.#stage.turn();
    await Promise.all([this.#service?.stop(), this.#auditor?.stop()]);
    this.#stopped = true;
  }

  #expireLater(): void {
    const { clock } = this.#stage;
    this.#endSession = clock.at(plus(clock.now(), sessionMs), () => this.expire());
  }

  /** The worker has come to this phase; its fuse may blow here. */
  reach(phase: WorkerPhase): void {
    this.#stage.beat();
    const { fuse } = this;
    if (fuse?.phase !== phase || --fuse.times > 0) return;
    this.fuse = undefined;
    fuse.blow(this);
  }

  #observer(): Observer {
    return {
      at: (phase) => {
        this.reach(phase);
        return this.gate.dead || this.gate.frozen ? this.gate.pass() : undefined;
      },
    };
  }

  #bankOptions(options: WorkerOptions): ServiceOptions<Account, BankInput, BankCall> {
    const { gate, name } = this;
    const { world, history } = this.#stage;
    const outside = world.handlers();
    const handlers: Handlers<BankCall, BankInput> = {
      pay: (order, context) => gate.through(() => outside.pay(order, context)),
      audit: (order, context) => gate.through(() => outside.audit(order, context)),
    };
    const recorded = recordingHandlers(handlers, history, name);
    return { ...this.#options(bankRelease(this.release), options, history), handlers: recorded };
  }

  #auditorOptions(options: WorkerOptions): ServiceOptions<Auditor, AuditorInput, never> {
    return { ...this.#options(auditorTopology, options, this.#stage.auditorHistory), handlers: {} };
  }

  #options<State, Input, Call extends { readonly kind: string }>(
    topology: Topology<State, Input, Call>,
    { limits, log }: WorkerOptions,
    history: History,
  ): Omit<ServiceOptions<State, Input, Call>, "handlers"> {
    const stage = this.#stage;
    const { gate } = this;
    const inner = processLog(stage.faulty(log ?? stage.log, this), gate, (seat) => this.#seats.push(seat));
    const own = this.#byItsClock(inner);
    const real = gate.scheduler(stage.clock);
    return {
      topology,
      log: stage.misused(recordingLog(own, history, this.name)),
      topics: bankTopics,
      partitions: stage.partitions,
      scheduler: gate.scheduler(this.clock),
      random: seededRandom(stage.seed),
      logger: silent,
      metrics: runtimeMetrics(new Registry()),
      limits: { drainMs: 2_000, ...limits },
      sessionTimeoutMs: sessionMs,
      // Real time passes as the stage's does, whatever this worker's clock shows.
      deadlineTimer: (ms, run) => real.at(plus(real.now(), ms), run),
      observer: this.#observer(),
    };
  }

  /** A driver tells times by the clock of the machine on which it runs. */
  #byItsClock(log: Log): Log {
    return wrapLog(log, {
      join:
        (join) =>
        async (...given) => {
          const membership = await join(...given);
          return {
            ...wrapMembership(membership, (owned) => owned),
            lastHeartbeatAt: () => this.clock.local(membership.lastHeartbeatAt()),
          };
        },
    });
  }
}
