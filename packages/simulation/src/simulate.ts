import type { ControlOrder } from "@hybrid/contracts";
import { type ActorId, actorIdOf, days, hours, orgIdOf, plus, type Random } from "@hybrid/kernel";
import { CorruptLogError, LogFullError, LogUnavailableError } from "@hybrid/log";
import type { BankOrder, OddStep } from "./bank/topics.ts";
import { Stage, type StageOptions } from "./stage.ts";
import { storm } from "./storm.ts";
import type { Violation } from "./violation.ts";
import type { Worker, WorkerPhase } from "./worker.ts";

/** What a simulation is made of; everything else follows from the seed. */
export interface SimulationOptions extends Pick<StageOptions, "sabotage" | "misuse" | "history"> {
  readonly seed: number;
  /** So many things are done; 40 when left out. */
  readonly steps?: number;
  /** At most so many workers live at the same time; 3 when left out. */
  readonly workersMax?: number;
  /** 4 when left out. */
  readonly partitions?: number;
}

/** How often something happened in a simulation. */
export type SimulationCounts = Readonly<
  Record<Deed | "commits" | "commitsRefused" | "commitsOpen" | "calls", number>
>;

/** What a simulation came to. */
export interface SimulationResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly counts: SimulationCounts;
  /** Events of the history. */
  readonly events: number;
}

type Deed =
  | "produce"
  | "join"
  | "leave"
  | "kill"
  | "killAt"
  | "freeze"
  | "freezeAt"
  | "thaw"
  | "failCommits"
  | "hangCommits"
  | "bounce"
  | "heap"
  | "damageReads"
  | "storm"
  | "jumpClock"
  | "wrongClock"
  | "retain"
  | "passTime"
  | "badWorld"
  | "operate";

const phases: readonly WorkerPhase[] = [
  "beforeDecode",
  "afterStep",
  "beforeAppend",
  "duringAppend",
  "afterAppend",
  "beforeCall",
  "afterCall",
  "beforeOutcome",
];

/** What is done next, by weight. */
const deeds: readonly (readonly [Deed, number])[] = [
  ["produce", 36],
  ["passTime", 18],
  ["join", 10],
  ["leave", 4],
  ["kill", 4],
  ["killAt", 8],
  ["freeze", 3],
  ["freezeAt", 5],
  ["thaw", 5],
  ["failCommits", 4],
  ["hangCommits", 3],
  ["bounce", 3],
  ["heap", 2],
  ["damageReads", 3],
  ["storm", 2],
  ["jumpClock", 2],
  ["wrongClock", 3],
  ["retain", 3],
  ["badWorld", 4],
  ["operate", 6],
];

const organisations = ["acme", "globex", "initech"].map(orgIdOf);

/** Six accounts of the first organisation, two of each other. */
const accounts: readonly ActorId[] = organisations.flatMap((org, place) =>
  Array.from({ length: place === 0 ? 6 : 2 }, (_, n) => actorIdOf(`${org}/u-${n + 1}`)),
);

const oddSteps: readonly OddStep[] = [
  "nothing",
  "noEffects",
  "unknownEffect",
  "badKey",
  "noJson",
  "badTimer",
];

/** How far a wrong clock may be off, in milliseconds: from what nobody minds to what must do no harm. */
const wrongClocksMs: readonly number[] = [800, -800, hours(3), -hours(3)];

const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
};

const weighted = (random: Random): Deed => {
  const total = deeds.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [deed, weight] of deeds) {
    left -= weight;
    if (left < 0) return deed;
  }
  return "produce";
};

/** Makes one thing after the other happen on a stage. */
class Director {
  readonly #stage: Stage;
  readonly #random: Random;
  readonly #workersMax: number;
  readonly counts = Object.fromEntries(deeds.map(([deed]) => [deed, 0])) as Record<Deed, number>;
  #orders = 0;

  constructor(stage: Stage, random: Random, workersMax: number) {
    this.#stage = stage;
    this.#random = random;
    this.#workersMax = workersMax;
  }

  /** Does one thing and lets a part of what follows from it happen. */
  async step(): Promise<void> {
    const deed = weighted(this.#random);
    if (await this.#does(deed)) this.counts[deed] += 1;
    await this.#stage.turns(this.#below(12));
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #able(): readonly Worker[] {
    return this.#stage.workers.filter(({ able }) => able);
  }

  /** False when there was nobody to do it to. */
  async #does(deed: Deed): Promise<boolean> {
    switch (deed) {
      case "produce":
        await this.#produce();
        return true;
      case "passTime":
        await this.#stage.pass(this.#random() < 0.7 ? this.#below(3_000) : this.#below(90_000));
        return true;
      case "join":
        return this.join();
      case "wrongClock":
        return this.join(pick(this.#random, wrongClocksMs));
      case "retain":
        return this.#retain();
      case "failCommits":
        this.#failCommits();
        return true;
      case "hangCommits":
        this.#hangCommits([this.#below(this.#stage.partitions)], 1 + this.#below(3));
        return true;
      case "heap":
        await this.#heap();
        return true;
      case "damageReads":
        this.#damageReads();
        return true;
      case "storm":
        return storm(this.#stage, `calm-${++this.#orders}`);
      case "bounce":
        return this.bounce();
      case "jumpClock":
        this.#stage.clock.jumpTo(plus(this.#stage.clock.now(), hours(this.#random() < 0.5 ? 1 : -1)));
        return true;
      case "badWorld":
        this.#stage.world.manners = { slowMsMax: this.#below(20_000), failures: this.#random() / 2 };
        return true;
      case "operate":
        await this.#stage.control(this.#operatorsOrder());
        return true;
      case "thaw": {
        const frozen = this.#stage.workers.filter(({ gate }) => gate.frozen);
        if (frozen.length > 0) pick(this.#random, frozen).thaw();
        return frozen.length > 0;
      }
      default:
        return this.#harm(deed);
    }
  }

  #harm(deed: "leave" | "kill" | "killAt" | "freeze" | "freezeAt"): boolean {
    const able = this.#able();
    if (able.length === 0) return false;
    const worker = pick(this.#random, able);
    const noticedNow = this.#random() < 0.5;
    if (deed === "leave") worker.stop();
    else if (deed === "kill") worker.kill({ noticedNow });
    else if (deed === "freeze") worker.freeze();
    else
      worker.fuse = {
        phase: pick(this.#random, phases),
        times: 1 + this.#below(4),
        blow: (self) => (deed === "killAt" ? self.kill({ noticedNow }) : self.freeze()),
      };
    return true;
  }

  /** More than a week passes, and retention takes what is older. */
  async #retain(): Promise<boolean> {
    // Days in which somebody sets every clock right.
    for (const { clock } of this.#stage.workers) clock.setRight();
    await this.#stage.pass(days(8) + this.#below(90_000));
    return this.#stage.clean();
  }

  /** False when enough workers live. */
  join(aheadMs = 0): boolean {
    const living = this.#stage.workers.filter(({ over }) => !over);
    if (living.length >= this.#workersMax) return false;
    const recordsPerBatchMax = pick(this.#random, [1, 2, 5, 100]);
    const callsInFlightMax = pick(this.#random, [1, 1, 2, 64]);
    const limits = { recordsPerBatchMax, recordsQueuedMax: 200, callsInFlightMax, stateBytesMax: 16_000 };
    this.#stage.start({ aheadMs, limits });
    return true;
  }

  #operatorsOrder(): ControlOrder {
    const parked = this.#able().flatMap(({ service }) => service?.parked() ?? []);
    // One order in five goes to somebody who is not parked.
    const actor =
      parked.length > 0 && this.#random() < 0.8
        ? pick(this.#random, parked).actor
        : pick(this.#random, accounts);
    const scope = {
      org: this.#random() < 0.5 ? pick(this.#random, organisations) : null,
      callKind: pick(this.#random, ["pay", "audit", null]),
    };
    const orders: readonly ControlOrder[] = [
      { kind: "retryParked", actor },
      { kind: "retryParked", actor },
      { kind: "dropParked", actor, all: false },
      { kind: "dropParked", actor, all: this.#random() < 0.5 },
      { kind: "pauseCalls", ...scope },
      { kind: "resumeCalls", ...scope },
      { kind: "observe", org: pick(this.#random, organisations), on: this.#random() < 0.5 },
    ];
    return pick(this.#random, orders);
  }

  #failCommits(): void {
    const { partitions } = this.#stage;
    const partition = this.#below(partitions);
    let left = 1 + this.#below(4);
    const full = this.#random() < 0.5;
    this.#stage.commitFault = (asked) => {
      if (asked !== partition || left === 0) return undefined;
      left -= 1;
      return full
        ? new LogFullError("the simulated disk is full")
        : new LogUnavailableError("the log is away");
    };
  }

  /** The next commits of these partitions hang, each partition's `times` first ones. */
  #hangCommits(partitions: readonly number[], times: number): void {
    const left = new Map(partitions.map((partition) => [partition, times]));
    this.#stage.commitDelayMs = (asked) => {
      const more = left.get(asked) ?? 0;
      if (more === 0) return 0;
      left.set(asked, more - 1);
      return 10_000 + this.#below(50_000);
    };
  }

  /**
   * Partitions whose commits hang go to a newcomer and come back, and their calls queue up, while the first
   * owner's commit still hangs.
   */
  async bounce(): Promise<boolean> {
    const { partitions, world } = this.#stage;
    this.#hangCommits([...Array(partitions).keys()], 1);
    await this.#stage.order(...accounts.map((account) => [account, this.#payment()] as const));
    await this.#stage.pass(1_000);
    if (!this.join()) return false;
    await this.#stage.pass(5_000);
    this.#stage.workers.at(-1)?.kill({ noticedNow: true });
    world.manners = { slowMsMax: 20_000, failures: 0 };
    await this.#stage.order(...accounts.map((account) => [account, this.#payment()] as const));
    return true;
  }

  /** Small orders of one account whose state is large, all at once. */
  async #heap(): Promise<void> {
    const account = pick(this.#random, accounts);
    const hoard: BankOrder = { kind: "hoard", id: `o${++this.#orders}`, chars: 12_000 };
    const payments = Array.from({ length: 20 }, () => [account, this.#payment()] as const);
    await this.#stage.order([account, hoard], ...payments);
  }

  /** What is read of a partition is damaged on its way, once. */
  #damageReads(): void {
    const partition = this.#below(this.#stage.partitions);
    let left = 1;
    this.#stage.pollFault = (asked) => {
      if (asked !== partition || left-- <= 0) return undefined;
      return new CorruptLogError("one bit was turned on the way");
    };
  }

  #payment(): BankOrder {
    return { kind: "pay", id: `o${++this.#orders}`, cents: 1 + this.#below(900) };
  }

  async #produce(): Promise<void> {
    const list = Array.from(
      { length: 1 + this.#below(6) },
      () => [pick(this.#random, accounts), this.#order()] as const,
    );
    await this.#stage.order(...list);
    if (this.#random() < 0.1) await this.#stage.announceRate(`rate ${++this.#orders}`);
    if (this.#random() < 0.05) await this.#stage.garbage(pick(this.#random, accounts), this.#bytes());
  }

  #bytes(): Uint8Array {
    return Uint8Array.from({ length: this.#below(30) }, () => this.#below(256));
  }

  #order(): BankOrder {
    const id = `o${++this.#orders}`;
    const cents = 1 + this.#below(900);
    const kinds: readonly BankOrder[] = [
      { kind: "deposit", id, cents },
      { kind: "deposit", id, cents },
      { kind: "transfer", id, cents, to: pick(this.#random, accounts) },
      { kind: "transfer", id, cents, to: pick(this.#random, accounts) },
      { kind: "pay", id, cents },
      { kind: "audit", id },
      { kind: "brittle", id, from: plus(this.#stage.clock.now(), this.#below(60_000) - 40_000) },
      { kind: "remind", id, inMs: this.#below(600_000) },
      { kind: "statement", id },
      { kind: "notice", id },
      { kind: "look", id },
      this.#random() < 0.7 ? { kind: "close", id } : { kind: "look", id },
      { kind: "hoard", id, chars: this.#below(20_000) },
      { kind: "odd", id, how: pick(this.#random, oddSteps) },
      this.#random() < 0.3 ? { kind: "break", id } : { kind: "deposit", id, cents },
    ];
    return pick(this.#random, kinds);
  }
}

const countsOf = (stage: Stage, director: Director): SimulationCounts => {
  const of = (kind: string): number => stage.history.events.filter((event) => event.kind === kind).length;
  const commits = of("commitStarted");
  const commitsRefused = of("commitRejected");
  return {
    ...director.counts,
    commits,
    commitsRefused,
    commitsOpen: commits - commitsRefused - of("commitAcknowledged"),
    calls: of("callStarted"),
  };
};

/**
 * Runs the bank through a random life: records, crashes at every step of the loop, processes that sleep and
 * wake, joins, leaves, failing commits, jumps of the clock, slow and failing calls, poison. Then takes all
 * faults away, lets it come to rest, and checks the history. The seed decides everything.
 */
export const simulate = async (options: SimulationOptions): Promise<SimulationResult> => {
  const { seed, steps = 40, workersMax = 3, partitions = 4, ...rest } = options;
  const stage = await Stage.open({ seed, partitions, ...rest });
  const director = new Director(stage, stage.random(), workersMax);
  director.join();
  for (let step = 0; step < steps; step++) await director.step();
  // What it leaves behind must not be mended by a later owner.
  if (seed % 4 === 0) await director.bounce();
  const violations = await stage.conclude();
  return { seed, violations, counts: countsOf(stage, director), events: stage.history.events.length };
};
