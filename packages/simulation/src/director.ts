import type { ControlOrder } from "@hybrid/contracts";
import { type ActorId, days, hours, minutes, plus, type Random } from "@hybrid/kernel";
import { CorruptLogError, LogFullError, LogUnavailableError } from "@hybrid/log";
import type { BankOrder } from "./bank/topics.ts";
import { newestRelease } from "./bank/topology.ts";
import { accounts, oddSteps, organisations, phases, pick, wrongClocksMs } from "./choices.ts";
import { type Deed, deeds, weighted } from "./deeds.ts";
import type { Stage } from "./stage.ts";
import { storm } from "./storm.ts";
import type { Worker, WorkerOptions } from "./worker.ts";

/** Small enough for a hoarder's state to be too large, and for a step that posts much to have pages. */
const storedBytes = { stateBytesMax: 16_000, recordBytesMax: 32_000 };

/** Makes one thing after the other happen on a stage. */
export class Director {
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
        return this.join({ aheadMs: pick(this.#random, wrongClocksMs) });
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
    await this.#stage.pass(minutes(10));
    // Retention would take nothing, and a partition that goes in circles would fill the days with restarts.
    if (!(await this.#stage.hasReadAll())) return false;
    await this.#stage.pass(days(8) + this.#below(90_000));
    return this.#stage.clean();
  }

  /** False when enough workers live. */
  join(options: Pick<WorkerOptions, "aheadMs" | "release"> = {}): boolean {
    const living = this.#stage.workers.filter(({ over }) => !over);
    if (living.length >= this.#workersMax) return false;
    const recordsPerBatchMax = pick(this.#random, [1, 2, 5, 100]);
    const callsInFlightMax = pick(this.#random, [1, 1, 2, 64]);
    const limits = { recordsPerBatchMax, recordsQueuedMax: 200, callsInFlightMax, ...storedBytes };
    const release = pick(this.#random, [1, newestRelease - 1, newestRelease, newestRelease]);
    this.#stage.start({ release, ...options, limits });
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
    if (!this.join({ release: newestRelease })) return false;
    await this.#stage.pass(5_000);
    this.#stage.workers.at(-1)?.kill({ noticedNow: true });
    // No call fails: a retry would offer the calls of its organisation again.
    world.manners = { slowMsMax: 9_000, failures: 0 };
    await this.#stage.order(...accounts.map((account) => [account, this.#payment()] as const));
    return true;
  }

  /** Small orders of one account whose state is large, all at once. */
  async #heap(): Promise<void> {
    const account = pick(this.#random, accounts);
    const hoard: BankOrder = { kind: "hoard", id: `o${++this.#orders}`, chars: 12_000 };
    const payments = Array.from({ length: 32 }, () => [account, this.#payment()] as const);
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

  #several(count: number): readonly ActorId[] {
    return Array.from({ length: count }, () => pick(this.#random, accounts));
  }

  #order(): BankOrder {
    const id = `o${++this.#orders}`;
    const cents = 1 + this.#below(900);
    const kinds: readonly BankOrder[] = [
      { kind: "deposit", id, cents },
      { kind: "deposit", id, cents },
      { kind: "transfer", id, cents, to: pick(this.#random, accounts) },
      { kind: "transfer", id, cents, to: pick(this.#random, accounts) },
      { kind: "spread", id, to: this.#several(1 + this.#below(3)), cents, padding: "" },
      this.#random() < 0.1
        ? {
            kind: "spread",
            id,
            to: this.#several(12),
            cents,
            padding: "x".repeat(1_500 + this.#below(2_000)),
          }
        : { kind: "statement", id },
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
