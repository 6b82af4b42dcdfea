import type { EpochMs } from "@hybrid/kernel";
import type { GroupListener, GroupSettings, JoinOptions, Log, Membership, OwnedPartition } from "@hybrid/log";
import type { Gate } from "./gate.ts";
import { passedOn, wrapLog, wrapMembership, wrapOwned } from "./recording-log.ts";

/**
 * The place of a simulated process in its group. The group tells a process nothing while it is frozen, and
 * may throw it out meanwhile: then its partitions go to others at once, and it learns of it when it wakes up.
 */
export class Seat {
  readonly #gate: Gate;
  readonly #listener: GroupListener;
  readonly #gone = Promise.withResolvers<void>();
  #membership: Membership | undefined;
  #expired = false;
  #leaving: Promise<void> | undefined;
  #heartbeatAt: EpochMs | undefined;
  #told: Promise<void> = Promise.resolve();

  constructor(gate: Gate, listener: GroupListener) {
    this.#gate = gate;
    this.#listener = listener;
  }

  get expired(): boolean {
    return this.#expired;
  }

  async join(join: Log["join"], group: GroupSettings, worker?: JoinOptions): Promise<Membership> {
    const listener: GroupListener = {
      assigned: (partition) => this.#tell(async () => this.#listener.assigned(partition)),
      revoked: (partition) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#tell(() => {
          // Not awaited here: others must not wait until this partition is released.
          void this.#listener.revoked(partition).then(resolve);
        });
        return Promise.race([promise, this.#gone.promise]);
      },
    };
    const membership = await join(group, listener, worker);
    this.#membership = membership;
    if (this.#expired) this.#leave();
    return {
      ...passedOn(membership),
      fence: (partition) => this.#gate.through(() => membership.fence(partition)),
      lastHeartbeatAt: () => {
        const silent = this.#gate.frozen || this.#expired;
        if (!silent || this.#heartbeatAt === undefined) this.#heartbeatAt = membership.lastHeartbeatAt();
        return this.#heartbeatAt;
      },
      leave: () => this.#gate.through(() => membership.leave()),
    };
  }

  /** The group gives the process up: it has been silent for longer than its session lasts. */
  expire(): void {
    this.#expired = true;
    this.#gone.resolve();
    this.#leave();
  }

  /** Resolves when everything that the process had was given to others. */
  async left(): Promise<void> {
    await this.#leaving;
  }

  #leave(): void {
    if (this.#membership) this.#leaving ??= this.#membership.leave();
  }

  #tell(word: () => void | Promise<void>): void {
    if (!this.#gate.frozen && !this.#gate.dead) {
      void word();
      return;
    }
    this.#told = this.#tellLater(this.#told, word);
  }

  async #tellLater(before: Promise<void>, word: () => void | Promise<void>): Promise<void> {
    await before;
    await this.#gate.pass();
    await word();
  }
}

const noTurn = Promise.resolve(() => undefined);

const processOwned = (owned: OwnedPartition, gate: Gate): OwnedPartition =>
  wrapOwned(owned, {
    async *restore() {
      for await (const chunk of owned.restore()) {
        await gate.pass();
        yield chunk;
      }
    },
    poll: (limit, signal) =>
      gate.through(() => owned.poll(limit, AbortSignal.any([signal, gate.deathSignal]))),
    commit: (batch) => gate.through(() => owned.commit(batch)),
    ...(owned.turn ? { turn: () => gate.through(() => owned.turn?.() ?? noTurn) } : {}),
    logTime: () => gate.through(() => owned.logTime()),
    close: () => gate.through(() => owned.close()),
  });

/** A log as a process sees it that can be frozen and killed. `seated` hears of every group that it joins. */
export const processLog = (log: Log, gate: Gate, seated: (seat: Seat) => void): Log => {
  const wrapped = wrapLog(log, {
    append: (append) => (records) => gate.through(() => append(records)),
    join: (join) => async (group, listener, worker) => {
      const seat = new Seat(gate, listener);
      seated(seat);
      const membership = await gate.through(() => seat.join(join, group, worker));
      return wrapMembership(membership, (owned) => processOwned(owned, gate));
    },
  });
  return {
    ...wrapped,
    createTopics: (topics) => gate.through(() => log.createTopics(topics)),
    read: (request) => gate.through(() => log.read(request)),
    offsets: (topic, partition) => gate.through(() => log.offsets(topic, partition)),
    lag: (group) => gate.through(() => log.lag(group)),
  };
};
