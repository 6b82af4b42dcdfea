import { type ControlOrder, controlKey, controlTopic, controlValue, topicSettings } from "@hybrid/contracts";
import type { Random } from "@hybrid/kernel";
import { type ActorId, hours, partitionOf, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import {
  type Commit,
  CommitTooLargeError,
  type Log,
  type OutgoingRecord,
  openEmbeddedLog,
} from "@hybrid/log";
import { type RunningService, seededRandom } from "@hybrid/runtime";
import { Archive } from "./archive.ts";
import { auditorTopology } from "./bank/auditor.ts";
import {
  type BankOrder,
  bankNotices,
  bankOrders,
  bankRates,
  bankStatements,
  bankTopics,
} from "./bank/topics.ts";
import { type Account, bankTopology, newestRelease } from "./bank/topology.ts";
import { checkFrame } from "./check/codecs.ts";
import { checkHistory } from "./check-history.ts";
import { History } from "./history.ts";
import { markerLog } from "./marker-log.ts";
import { groupOf, readEnd, topicsToRead } from "./read-end.ts";
import { recordingLog, wrapOwned, wrapOwners } from "./recording-log.ts";
import type { Violation } from "./violation.ts";
import { Worker, type WorkerOptions, type WorkerStage } from "./worker.ts";
import { OutsideWorld, passing } from "./world.ts";

/** What a stage is set up with. */
export interface StageOptions {
  readonly seed?: number;
  readonly partitions?: number;
  /** Where everything is written down; a new one when left out. */
  readonly history?: History;
  /** A file for the log; in memory when left out. */
  readonly path?: string;
  /** A planted bug of the log: what it does is not what it says. */
  readonly sabotage?: (log: Log) => Log;
  /** A planted bug of the runtime: changes how workers use the log, before it is recorded. */
  readonly misuse?: (log: Log) => Log;
}

/** Turns of the event loop in a row without a word between a worker and its surroundings that are rest. */
const quietTurns = 8;
const turnsMax = 100_000;
/** Virtual time that the system may take to come to rest after everything was healed. */
const restMsMax = hours(12);

/** The bank for a checker, compiled once for all stages; the number of partitions is each stage's own. */
const bankFrame = checkFrame({ topology: bankTopology, partitions: 1 });
const auditorFrame = checkFrame({ topology: auditorTopology, partitions: 1 });

/** What the bank writes in its commits: on Kafka a marker stands behind each. */
const committedTopics: ReadonlySet<string> = new Set([
  bankStatements.name,
  bankNotices.name,
  bankFrame.post.name,
]);

const controls = controlTopic(bankTopology.service);

/** What takes an order back that would keep calls from ending. */
const undoing = (order: ControlOrder): ControlOrder | undefined => {
  if (order.kind === "pauseCalls") return { ...order, kind: "resumeCalls" };
  return order.kind === "observe" && order.on ? { ...order, on: false } : undefined;
};

/** What the simulated log takes in one commit, in bytes: more than one step writes with all whom it tells. */
const commitBytesTaken = 260_000;

const bytesIn = ({ journal, checkpoint, outputs }: Commit): number =>
  [...journal, ...checkpoint, ...outputs].reduce((sum, { value }) => sum + (value?.length ?? 0), 0);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * A log, a clock, a world and a history, on which workers run, die and run again. Everything happens in this
 * process and in virtual time, so that a seed repeats a run.
 */
export class Stage implements WorkerStage {
  readonly seed: number;
  readonly partitions: number;
  readonly clock: VirtualClock;
  /** What was seen of the bank. */
  readonly history: History;
  /** What was seen of the auditor. */
  readonly auditorHistory = new History();
  readonly world: OutsideWorld;
  readonly log: Log;
  /** Every worker there ever was, oldest first. */
  readonly workers: Worker[] = [];
  /** What was seen to be wrong on the way; the history shows the rest. */
  readonly #accusations: Violation[] = [];
  /** Makes commits fail while it is set; nothing of a refused one is appended. */
  commitFault: ((partition: number) => Error | undefined) | undefined;
  /** How long commits of a partition hang before they are done, milliseconds, while it is set. */
  commitDelayMs: ((partition: number) => number) | undefined;
  /** Makes polls fail while it is set. */
  pollFault: ((partition: number) => Error | undefined) | undefined;
  readonly #sabotage: (log: Log) => Log;
  readonly #misuse: (log: Log) => Log;
  readonly #producer: Log;
  readonly #opened: Log[] = [];
  readonly #archive: Archive;
  readonly #undoing = new Map<string, ControlOrder>();
  #beats = 0;

  private constructor(log: Log, clock: VirtualClock, options: StageOptions) {
    this.seed = options.seed ?? 1;
    this.partitions = options.partitions ?? 4;
    this.history = options.history ?? new History();
    this.clock = clock;
    this.log = log;
    this.#archive = new Archive(log);
    this.world = new OutsideWorld(clock, seededRandom(this.seed + 1));
    this.#sabotage = options.sabotage ?? ((each) => each);
    this.#misuse = options.misuse ?? ((each) => each);
    this.#producer = recordingLog(log, this.history, "producer");
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const clock = new VirtualClock();
    const log = markerLog(
      await openEmbeddedLog({ path: options.path ?? ":memory:", clock }),
      committedTopics,
    );
    const stage = new Stage(log, clock, options);
    await log.createTopics([...bankTopics, controls].map((topic) => topicSettings(topic, stage.partitions)));
    return stage;
  }

  /** Opens the stage's file once more, as another process would. */
  async openAgain(path: string): Promise<Log> {
    const log = markerLog(await openEmbeddedLog({ path, clock: this.clock }), committedTopics);
    this.#opened.push(log);
    return log;
  }

  start(options: WorkerOptions = {}): Worker {
    const worker = new Worker(this, `w${this.workers.length + 1}`, options);
    this.workers.push(worker);
    return worker;
  }

  /** The log with its planted bug and the failures of the moment, as this worker finds it. */
  faulty(log: Log, worker: Worker): Log {
    return wrapOwners(this.#sabotage(log), (owned) =>
      wrapOwned(owned, {
        poll: async (limit, signal) => {
          const fault = this.pollFault?.(owned.partition);
          if (fault) throw fault;
          return owned.poll(limit, signal);
        },
        commit: async (batch) => {
          const bytes = bytesIn(batch);
          if (bytes > commitBytesTaken)
            throw new CommitTooLargeError(`a commit of ${bytes} bytes is more than the simulated log takes`);
          const fault = this.commitFault?.(owned.partition);
          if (fault) throw fault;
          await passing(this.clock, this.commitDelayMs?.(owned.partition) ?? 0);
          const answer = owned.commit(batch);
          worker.reach("duringAppend");
          return answer;
        },
      }),
    );
  }

  /** The log as a worker uses it. */
  misused(log: Log): Log {
    return this.#misuse(log);
  }

  /** Publishes orders, each keyed by its account, in one append. */
  async order(...list: readonly (readonly [account: ActorId, order: BankOrder])[]): Promise<void> {
    await this.publish(
      list.map(([account, value]) => ({
        topic: bankOrders.name,
        partition: partitionOf(account, this.partitions),
        key: account,
        value: bankOrders.encode({ value }),
        timestamp: this.clock.now(),
      })),
    );
  }

  /** Publishes one copy of a rate in every partition. */
  announceRate(id: string): Promise<void> {
    return this.#broadcast({
      topic: bankRates.name,
      key: "acme/t-rates",
      value: bankRates.encode({ value: id }),
    });
  }

  /** Gives an operator's order to the bank's runtime. */
  async control(order: ControlOrder): Promise<void> {
    const undone = undoing(order);
    if (undone) this.#undoing.set(JSON.stringify(undone), undone);
    const value = controls.encode(controlValue(order, this.clock.now()));
    await this.#broadcast({ topic: controls.name, key: controlKey(order), value });
  }

  #broadcast(record: Pick<OutgoingRecord, "topic" | "key" | "value">): Promise<void> {
    const timestamp = this.clock.now();
    return this.publish(
      Array.from({ length: this.partitions }, (_, partition) => ({ ...record, partition, timestamp })),
    );
  }

  /** Publishes bytes among the orders that no contract promises. */
  async garbage(account: ActorId, value: Uint8Array): Promise<void> {
    const { clock, partitions } = this;
    const partition = partitionOf(account, partitions);
    await this.publish([{ topic: bankOrders.name, partition, key: account, value, timestamp: clock.now() }]);
  }

  /** Publishes records unchanged, whatever they mean. */
  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    await this.#producer.append(records);
  }

  /** Something happened between a worker and its surroundings. */
  beat(): void {
    this.#beats += 1;
  }

  turn(): Promise<void> {
    return turn();
  }

  /** Turns of the event loop: what can happen without time passing goes on so far. */
  async turns(count: number): Promise<void> {
    for (let done = 0; done < count; done++) await turn();
  }

  /** Turns until the condition holds; false when nothing more happens before it does. */
  async until(condition: () => boolean, options: { readonly turns?: number } = {}): Promise<boolean> {
    for (let done = 0; done < (options.turns ?? 2_000); done++) {
      if (condition()) return true;
      await turn();
    }
    return condition();
  }

  /** Resolves when nothing more can happen without time passing. Rejects when that never comes. */
  async settle(): Promise<void> {
    let quiet = 0;
    for (let done = 0; quiet < quietTurns; done++) {
      if (done > turnsMax) throw new Error(`no rest after ${turnsMax} turns of the event loop`);
      const before = this.#beats;
      await turn();
      quiet = this.#beats === before ? quiet + 1 : 0;
    }
  }

  /** Lets virtual time pass, coming to rest at every appointment on the way. */
  async pass(ms: number): Promise<void> {
    const until = plus(this.clock.now(), ms);
    await this.settle();
    for (let next = this.clock.nextDueAt(); next !== null && next <= until; next = this.clock.nextDueAt()) {
      this.clock.advanceTo(next);
      await this.settle();
    }
    this.clock.advanceTo(until);
    await this.settle();
  }

  /** Why the system is not at rest; null when it is. */
  async unrest(): Promise<string | null> {
    const failed = this.workers.find(({ startFailure }) => startFailure !== undefined)?.startFailure;
    if (failed !== undefined)
      return `a worker could not start: ${failed instanceof Error ? failed.message : "no error"}`;
    const able = this.workers.filter((worker) => worker.able);
    const bank = able.flatMap(({ service }) => service ?? []);
    const auditor = able.flatMap((worker) => worker.auditor ?? []);
    return (await this.#unrestOf(bank)) ?? this.#unrestOf(auditor);
  }

  async #unrestOf(running: readonly RunningService[]): Promise<string | null> {
    const owned = running.flatMap((service) => service.partitionsOwned());
    if (owned.length !== this.partitions || new Set(owned).size !== this.partitions)
      return `of ${this.partitions} partitions ${owned.length} run: ${owned.join(", ")}`;
    const lag = (await running[0]?.lag()) ?? 0;
    if (lag > 0) return `${lag} records were not taken`;
    const calls = running.reduce((sum, service) => sum + service.activity().callsInFlight, 0);
    const held = running.reduce((sum, service) => sum + service.activity().callsHeld, 0);
    if (held > 0) return `${held} calls were not started`;
    const timerAt = running.map((service) => service.activity().nextTimerAt).find((at) => at !== null);
    // Every appointment of the bank lies within minutes, and rest takes hours.
    if (timerAt !== undefined) return `a timer still waits for ${new Date(timerAt ?? 0).toISOString()}`;
    return calls > 0 ? `${calls} calls have not ended` : null;
  }

  /**
   * Takes every fault away, makes sure that somebody works, and lets time pass until all is done. Resolves
   * with what is missing when it never is.
   */
  async rest(): Promise<string | null> {
    this.commitFault = undefined;
    this.commitDelayMs = undefined;
    this.pollFault = undefined;
    this.world.manners = { slowMsMax: 0, failures: 0 };
    for (const worker of this.workers) worker.fuse = undefined;
    for (const worker of this.workers) worker.thaw();
    for (const { clock } of this.workers) clock.setRight();
    // What a newer release has written no older one can read.
    if (!this.workers.some(({ able, release }) => able && release === newestRelease)) this.start();
    for (const order of this.#undoing.values()) await this.control(order);
    const until = plus(this.clock.now(), restMsMax);
    await this.settle();
    for (let next = this.clock.nextDueAt(); next !== null && next <= until; next = this.clock.nextDueAt()) {
      this.clock.advanceTo(next);
      await this.settle();
    }
    return this.unrest();
  }

  /** Ends the run: brings it to rest, stops everybody, reads what is there, and checks the history. */
  async conclude(): Promise<readonly Violation[]> {
    let stuck = await this.rest();
    await this.close();
    const violations = [...this.#accusations];
    for (const { frame, history } of this.#subjects()) {
      await readEnd(this.log, history, { frame, stuck, archive: this.#archive });
      violations.push(...checkHistory(frame, history.events));
      stuck = null;
    }
    for (const opened of this.#opened) await opened.close();
    await this.log.close();
    return violations;
  }

  /** Whether everybody has started and read every record. */
  async hasReadAll(): Promise<boolean> {
    const there = new Set((await this.log.topics()).map(({ name }) => name));
    const wanted = this.#subjects().flatMap(({ frame }) => [frame.control.name, ...topicsToRead(frame)]);
    if (!wanted.every((topic) => there.has(topic))) return false;
    for (const { frame } of this.#subjects()) {
      const lags = await this.log.lag(groupOf(frame));
      if (lags.some(({ lag }) => lag > 0)) return false;
    }
    return true;
  }

  /** Retention and compaction do their work. False when somebody has not read all, or never started. */
  async clean(): Promise<boolean> {
    if (!(await this.hasReadAll())) return false;
    for (const { frame } of this.#subjects()) await this.#archive.keep(topicsToRead(frame), this.partitions);
    await this.log.clean(this.clock.now());
    return true;
  }

  #subjects() {
    const { partitions } = this;
    return [
      { frame: { ...bankFrame, partitions }, history: this.history },
      { frame: { ...auditorFrame, partitions }, history: this.auditorHistory },
    ];
  }

  /** Stops everybody in good order. */
  async close(): Promise<void> {
    for (const worker of this.workers) {
      worker.thaw();
      worker.stop();
    }
    await this.pass(30_000);
    for (const worker of this.workers) if (!worker.over) worker.kill({ noticedNow: true });
    await this.settle();
    // Who reads the end joins the groups and would wait for ever for what a dead member keeps.
    const kept = this.workers.find(({ keepsSeat }) => keepsSeat);
    if (kept) throw new Error(`${kept.name} is dead and still has its place in the group`);
  }

  /** An account as its owner has it now; undefined while nobody owns its partition, and without a record. */
  async accountOf(id: ActorId): Promise<Account | undefined> {
    const partition = partitionOf(id, this.partitions);
    const owner = this.workers.find(
      ({ able, service }) => able && service?.partitionsOwned().includes(partition) === true,
    );
    return (await owner?.service?.stateOf(id))?.state;
  }

  /** Remembers a breach that no history shows. */
  accuse(found: Violation): void {
    this.#accusations.push(found);
  }

  /** Random numbers for the driver of the stage, of the stage's seed. */
  random(): Random {
    return seededRandom(this.seed);
  }
}
