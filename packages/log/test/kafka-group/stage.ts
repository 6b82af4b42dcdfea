import { type Cancel, instant, plus, type Scheduler } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import type { CoordinatorWire, Joined } from "../../src/kafka/group/coordinator-wire.ts";
import { type GroupMember, startGroupMember } from "../../src/kafka/group/group-member.ts";
import type { MemberTimes } from "../../src/kafka/group/group-settings.ts";
import { ConnectionError, CoordinatorDouble, type Reply } from "./coordinator-double.ts";

/** A worker process: it can be stopped and continued, as SIGSTOP and SIGCONT do. */
class Host {
  #held: (() => void)[] | null = null;

  /** Runs it now, or when the process continues. */
  run(task: () => void): void {
    if (this.#held) this.#held.push(task);
    else task();
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const task of held) task();
  }

  scheduler(clock: Scheduler): Scheduler {
    return { now: () => clock.now(), at: (dueAt, run) => clock.at(dueAt, () => this.run(run)) };
  }
}

/** The way between a worker and the coordinator: slow, broken, or answering with an error of its own. */
export interface Line {
  delayMs: number;
  isDown: boolean;
  /** Answers get lost, requests do not. */
  isDeaf: boolean;
  /** Answered to everything instead of asking the coordinator. */
  error: Error | null;
  readonly requests: string[];
  /** Heartbeats without an answer so far; the most there ever were. */
  heartbeatsInFlight: number;
  heartbeatsInFlightMax: number;
  forgotten: number;
  closed: boolean;
}

const newLine = (): Line => ({
  delayMs: 1,
  isDown: false,
  isDeaf: false,
  error: null,
  requests: [],
  heartbeatsInFlight: 0,
  heartbeatsInFlightMax: 0,
  forgotten: 0,
  closed: false,
});

const wireOver = (
  coordinator: CoordinatorDouble,
  {
    line,
    host,
    instanceId,
  }: { readonly line: Line; readonly host: Host; readonly instanceId: string | null },
  clock: Scheduler,
): CoordinatorWire => {
  const open = new Set<Reply<never>>();
  const after = (run: () => void): Cancel => clock.at(plus(clock.now(), line.delayMs), run);
  const call = <Answer>(what: string, ask: (reply: Reply<Answer>) => void): Promise<Answer> =>
    new Promise((resolve, reject) => {
      line.requests.push(what);
      const settled = (settle: () => void): void => {
        if (!open.delete(out)) return;
        host.run(settle);
      };
      const out: Reply<Answer> = {
        resolve: (answer) => settled(() => resolve(answer)),
        reject: (error) => settled(() => reject(error)),
      };
      open.add(out);
      const back: Reply<Answer> = {
        resolve: (answer) => after(() => !line.isDown && !line.isDeaf && out.resolve(answer)),
        reject: (error) => after(() => !line.isDown && !line.isDeaf && out.reject(error)),
      };
      after(() => {
        if (line.isDown) out.reject(new ConnectionError("refused"));
        else if (line.error) back.reject(line.error);
        else ask(back);
      });
    });
  const plain = (what: string, ask: () => Error | null): Promise<void> =>
    call<void>(what, (reply) => {
      const error = ask();
      if (error) reply.reject(error);
      else reply.resolve();
    });
  return {
    async join({ memberId, subscription, named }) {
      const ask = (id: string) =>
        call<Joined>("join", (reply) => coordinator.join({ memberId: id, instanceId, subscription }, reply));
      if (memberId !== "" || instanceId !== null) return ask(memberId);
      const given = await call<string>("join", (reply) => reply.resolve(coordinator.name()));
      named(given);
      return ask(given);
    },
    sync: (request) => call("sync", (reply) => coordinator.sync({ ...request, instanceId }, reply)),
    heartbeat(seat) {
      line.heartbeatsInFlightMax = Math.max(line.heartbeatsInFlightMax, ++line.heartbeatsInFlight);
      return plain("heartbeat", () => coordinator.heartbeat({ ...seat, instanceId })).finally(
        () => line.heartbeatsInFlight--,
      );
    },
    leave: (memberId) => plain("leave", () => coordinator.leave(memberId, instanceId)),
    forgetCoordinator() {
      line.forgotten += 1;
      for (const reply of open) reply.reject(new ConnectionError("closed"));
    },
    close: () => {
      line.closed = true;
      return Promise.resolve();
    },
  };
};

/** A member under test and what its listener was told. */
export interface Worker {
  readonly name: string;
  readonly member: GroupMember;
  readonly line: Line;
  readonly host: Host;
  /** What the listener has: assigned, and not yet given back. */
  readonly has: Set<number>;
  readonly told: string[];
  /** What it had when the group gave it up, and was not given again. */
  readonly forfeited: Set<number>;
  readonly logged: { readonly level: "info" | "warn"; readonly message: string }[];
  readonly failures: unknown[];
  leaving: Promise<void> | null;
}

/** What a worker does otherwise than the plain one. */
export interface WorkerSettings {
  readonly topics?: readonly string[];
  readonly version?: number;
  readonly instanceId?: string;
  readonly onRevoked?: (partition: number) => Promise<void>;
  readonly line?: Partial<Line>;
}

const times: Required<MemberTimes> = {
  sessionTimeoutMs: 6_000,
  heartbeatIntervalMs: 200,
  rebalanceTimeoutMs: 20_000,
  revokeTimeoutMs: 10_000,
};

/** One group of `partitions` partitions and the workers that play in it, on virtual time. */
export class Stage {
  readonly clock = new VirtualClock(instant(1_800_000_000_000));
  readonly coordinator: CoordinatorDouble;
  readonly workers: Worker[] = [];
  readonly partitions: number;
  /** What no worker's listener may ever see. */
  readonly faults: string[] = [];
  readonly #times: Required<MemberTimes>;
  /** Called after every step. */
  check: () => void = () => undefined;
  #started = 0;

  constructor(partitions: number, changed: Partial<MemberTimes> = {}) {
    this.partitions = partitions;
    this.#times = { ...times, ...changed };
    const { sessionTimeoutMs: sessionMs, rebalanceTimeoutMs: rebalanceMs } = this.#times;
    this.coordinator = new CoordinatorDouble(this.clock, { sessionMs, rebalanceMs });
  }

  async start(settings: WorkerSettings = {}): Promise<Worker> {
    const host = new Host();
    const line = Object.assign(newLine(), settings.line);
    const has = new Set<number>();
    const told: string[] = [];
    const forfeited = new Set<number>();
    const logged: Worker["logged"] = [];
    const failures: unknown[] = [];
    const topics = settings.topics ?? ["orders", "people"];
    const { partitions, faults } = this;
    const { instanceId = null } = settings;
    const member = await startGroupMember({
      group: { service: "sync", sources: topics, journal: "journal", checkpoint: "states", partitions },
      topics,
      version: settings.version ?? 0,
      instanceId,
      wire: wireOver(this.coordinator, { line, host, instanceId }, this.clock),
      scheduler: host.scheduler(this.clock),
      settings: this.#times,
      random: () => 0.5,
      logger: {
        info: (_fields, message) => logged.push({ level: "info", message }),
        warn: (_fields, message) => logged.push({ level: "warn", message }),
      },
      listener: {
        assigned(partition) {
          if (has.has(partition)) faults.push(`partition ${partition} was assigned twice`);
          has.add(partition);
          forfeited.delete(partition);
          told.push(`+${partition}`);
        },
        async revoked(partition) {
          told.push(`-${partition}`);
          await settings.onRevoked?.(partition);
          has.delete(partition);
        },
        failed: (error) => failures.push(error),
      },
    });
    const name = `worker-${++this.#started}`;
    const worker: Worker = {
      name,
      member,
      line,
      host,
      has,
      told,
      forfeited,
      logged,
      failures,
      leaving: null,
    };
    this.workers.push(worker);
    return worker;
  }

  /** Something that takes a worker `ms` milliseconds of virtual time. */
  work(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.at(plus(this.clock.now(), ms), resolve));
  }

  /** Lets virtual time pass; everything that falls due is done, with all that follows from it. */
  async pass(ms: number): Promise<void> {
    const until = plus(this.clock.now(), ms);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      this.check();
      const next = this.clock.nextDueAt();
      if (next === null || next > until) break;
      this.clock.advanceTo(next);
    }
    this.clock.advanceTo(until);
  }

  /** Starts a worker's departure; it ends while time passes. */
  leave(worker: Worker): void {
    worker.leaving ??= worker.member.leave();
  }

  /** Ends a worker's process without a word to anybody. */
  kill(worker: Worker): void {
    worker.host.pause();
    worker.line.isDown = true;
    this.workers.splice(this.workers.indexOf(worker), 1);
  }

  /** Workers that stay. */
  present(): readonly Worker[] {
    return this.workers.filter(({ leaving }) => leaving === null);
  }

  /** How many partitions each present worker has, ascending. */
  shares(): readonly number[] {
    return this.present()
      .map(({ has }) => has.size)
      .sort((a, b) => a - b);
  }

  /** All partitions that present workers have, ascending, with repetitions. */
  all(): readonly number[] {
    return this.present()
      .flatMap(({ has }) => [...has])
      .sort((a, b) => a - b);
  }

  /** Every partition, once. */
  everything(): readonly number[] {
    return Array.from({ length: this.partitions }, (_, partition) => partition);
  }

  /**
   * Partitions that two workers have at once, both of them members of the group as the coordinator sees it. A
   * worker that the group had given up meanwhile has lost what it had until a generation gives it again: what
   * it still gives back then does not count, since its next owner has fenced it.
   */
  conflicts(): readonly number[] {
    const valid = this.workers.filter((worker) => {
      const seat = worker.member.generation();
      const isMember = seat !== null && this.coordinator.members.has(seat.memberId);
      for (const partition of worker.has)
        if (!isMember) worker.forfeited.add(partition);
        else if (worker.member.owns(partition)) worker.forfeited.delete(partition);
      return isMember;
    });
    const holds = ({ has, forfeited }: Worker, partition: number): boolean =>
      has.has(partition) && !forfeited.has(partition);
    return this.everything().filter(
      (partition) => valid.filter((worker) => holds(worker, partition)).length > 1,
    );
  }
}
