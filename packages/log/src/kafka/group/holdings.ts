import { type Cancel, plus, type Scheduler } from "@hybrid/kernel";
import type { GroupListener } from "../../port.ts";
import type { GroupLogger } from "./group-settings.ts";

interface Revocation {
  /** Which generation gave us the partition last. */
  generation: number;
  /** Whether the group still has to wait for us. */
  claimed: boolean;
  stopWaiting: Cancel | null;
}

/** What the holdings of a member stand on. */
export interface HoldingsSettings {
  readonly service: string;
  readonly scheduler: Scheduler;
  readonly listener: GroupListener;
  readonly logger: GroupLogger;
  readonly revokeTimeoutMs: number;
  /** Called after a partition was given back, or its time to do so was up. */
  readonly changed: () => void;
}

/**
 * The partitions of one member: what it has, what it is giving back, what the group wants it to have. The
 * listener hears of a partition alternately that it is assigned and that it is revoked, and never that it is
 * assigned before the last revocation has ended.
 */
export class Holdings {
  readonly #settings: HoldingsSettings;
  readonly #owned = new Map<number, number>();
  readonly #revoking = new Map<number, Revocation>();
  /** Given back since the last join, so that the group does not know it yet. */
  readonly #unreported = new Set<number>();
  #given: ReadonlySet<number> = new Set();
  #generation = -1;

  constructor(settings: HoldingsSettings) {
    this.#settings = settings;
  }

  owns(partition: number): boolean {
    return this.#owned.has(partition);
  }

  get size(): number {
    return this.#owned.size;
  }

  /** Whether the group waits for a partition that is being given back. */
  isReleasing(): boolean {
    return [...this.#revoking].some(([partition, { claimed }]) => claimed && !this.#given.has(partition));
  }

  /** Whether all that had to be given back was, and the group must hear of it. */
  hasNews(): boolean {
    return this.#unreported.size > 0 && !this.isReleasing();
  }

  /** What a join claims: each partition with the generation that gave it last. */
  claims(): ReadonlyMap<number, number> {
    this.#unreported.clear();
    const claims = new Map(this.#owned);
    for (const [partition, { generation, claimed }] of this.#revoking)
      if (claimed) claims.set(partition, generation);
    return claims;
  }

  /** Takes what a generation gives us; what it does not give is revoked. */
  give(generation: number, partitions: readonly number[]): void {
    this.#given = new Set(partitions);
    this.#generation = generation;
    this.settle();
  }

  /** Gives a partition back that we cannot use; the group hears of it when it was revoked. */
  decline(partition: number): void {
    if (!this.#given.has(partition)) return;
    this.#given = new Set([...this.#given].filter((each) => each !== partition));
    this.settle();
    this.#settings.changed();
  }

  /** Revokes everything. */
  revokeAll(): void {
    this.#given = new Set();
    this.settle();
  }

  /** Tells the listener what has to be told by now. */
  settle(): void {
    const given = this.#given;
    const lost = [...this.#owned].filter(([partition]) => !given.has(partition));
    for (const [partition, revocation] of this.#revoking) this.#keepOrRelease(partition, revocation);
    for (const [partition, generation] of lost) this.#revoke(partition, generation);
    for (const partition of given) {
      if (this.#revoking.has(partition)) continue;
      const isNew = !this.#owned.has(partition);
      this.#owned.set(partition, this.#generation);
      this.#unreported.delete(partition);
      if (isNew) this.#tellAssigned(partition);
    }
  }

  #tellAssigned(partition: number): void {
    const { service, listener, logger } = this.#settings;
    try {
      listener.assigned(partition);
    } catch (error) {
      logger.warn({ service, partition, error }, "a partition that was assigned could not be taken up");
    }
  }

  /** A partition may be given to us again, or again not, while the listener still gives it back. */
  #keepOrRelease(partition: number, revocation: Revocation): void {
    if (this.#given.has(partition)) {
      revocation.stopWaiting?.();
      Object.assign(revocation, { generation: this.#generation, claimed: true, stopWaiting: null });
    } else if (revocation.claimed && revocation.stopWaiting === null) this.#waitAtMost(partition, revocation);
  }

  #revoke(partition: number, generation: number): void {
    const { service, listener, logger, changed } = this.#settings;
    this.#owned.delete(partition);
    const revocation: Revocation = { generation, claimed: true, stopWaiting: null };
    this.#revoking.set(partition, revocation);
    this.#waitAtMost(partition, revocation);
    const ended = (): void => {
      revocation.stopWaiting?.();
      this.#revoking.delete(partition);
      if (revocation.claimed) this.#unreported.add(partition);
      changed();
    };
    // Async, so that a listener that throws at once is heard like one that rejects.
    const revoked = async (): Promise<void> => listener.revoked(partition);
    revoked().then(ended, (error: unknown) => {
      logger.warn({ service, partition, error }, "a partition could not be given back in order");
      ended();
    });
  }

  #waitAtMost(partition: number, revocation: Revocation): void {
    const { service, scheduler, logger, revokeTimeoutMs, changed } = this.#settings;
    revocation.stopWaiting = scheduler.at(plus(scheduler.now(), revokeTimeoutMs), () => {
      revocation.claimed = false;
      this.#unreported.add(partition);
      logger.warn(
        { service, partition, revokeTimeoutMs },
        "a partition was not given back in time; its next owner fences this one",
      );
      changed();
    });
  }
}
