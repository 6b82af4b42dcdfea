import { type Cancel, type EpochMs, plus, type Random, type Scheduler } from "@hybrid/kernel";
import type { CoordinatorWire, Seat } from "./coordinator-wire.ts";
import { verdictOf } from "./group-errors.ts";
import { backoffMs, within } from "./waiting.ts";

/** What heartbeats stand on. */
export interface HeartbeatSettings {
  readonly wire: CoordinatorWire;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly intervalMs: number;
  /** An answer that takes longer counts as none. */
  readonly answerMs: number;
  /** The coordinator confirmed the membership by its answer to what was sent at `sentAt`. */
  readonly confirmed: (sentAt: EpochMs) => void;
  /** The coordinator is out of reach; heartbeats go on. */
  readonly unreachable: (error: unknown) => void;
  /** The member has to join again; heartbeats go on only if its place still stands. */
  readonly refused: (error: unknown) => void;
}

/** Confirms a membership by its own timer, whatever the member does meanwhile; never two are in flight. */
export class Heartbeats {
  readonly #settings: HeartbeatSettings;
  #seat: Seat | null = null;
  #isJoining = false;
  #isInFlight = false;
  #failures = 0;
  #cancel: Cancel = () => undefined;

  constructor(settings: HeartbeatSettings) {
    this.#settings = settings;
  }

  /** Goes on for this place, which the member has now. */
  start(seat: Seat): void {
    this.#seat = seat;
    this.#isJoining = false;
    this.#failures = 0;
    this.#next(this.#settings.intervalMs);
  }

  /**
   * The member joins again. Until that is answered its old place stands, however long the group waits for
   * others; that there is a rebalance it knows, and what else is wrong the join will say.
   */
  joining(): void {
    this.#isJoining = true;
  }

  stop(): void {
    this.#seat = null;
    this.#cancel();
  }

  #next(afterMs: number): void {
    const { scheduler, intervalMs } = this.#settings;
    this.#cancel();
    this.#cancel = scheduler.at(plus(scheduler.now(), afterMs), () => {
      if (this.#seat === null) return;
      if (this.#isInFlight) this.#next(intervalMs);
      else void this.#beat(this.#seat);
    });
  }

  /** Never rejects. */
  async #beat(seat: Seat): Promise<void> {
    const { wire, scheduler, answerMs } = this.#settings;
    const sentAt = scheduler.now();
    this.#isInFlight = true;
    try {
      await within(scheduler, { ms: answerMs, what: "a heartbeat" }, wire.heartbeat(seat));
      this.#confirmed(seat, sentAt);
    } catch (error) {
      // What is said of a generation that we have left ourselves is no news.
      if (this.#seat === seat) this.#failed(seat, sentAt, error);
    } finally {
      this.#isInFlight = false;
    }
  }

  #confirmed(seat: Seat, sentAt: EpochMs): void {
    const { scheduler, intervalMs, confirmed } = this.#settings;
    this.#failures = 0;
    confirmed(sentAt);
    if (this.#seat === seat) this.#next(Math.max(0, plus(sentAt, intervalMs) - scheduler.now()));
  }

  #failed(seat: Seat, sentAt: EpochMs, error: unknown): void {
    const { wire, random, unreachable, refused } = this.#settings;
    const verdict = verdictOf(error);
    if (verdict === "passing") {
      wire.forgetCoordinator();
      unreachable(error);
      this.#next(backoffMs(this.#failures++, random));
      return;
    }
    const isKnown = this.#isJoining;
    if (verdict === "rebalance") {
      this.joining();
      this.#confirmed(seat, sentAt);
    } else this.stop();
    if (!isKnown) refused(error);
  }
}
