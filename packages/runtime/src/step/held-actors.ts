import { type ActorId, type EpochMs, orgOf } from "@hybrid/kernel";
import { callIdOf } from "../call.ts";
import type { ServiceFrame } from "../frame.ts";
import type { ActorView } from "../options.ts";
import { decodeActor, nextDueAt } from "../store/actor-codec.ts";
import { ActorStore } from "../store/actor-store.ts";
import { DueIndex } from "../store/due-index.ts";
import type { FinishedActor } from "./batch.ts";
import { HotActors } from "./hot-actors.ts";
import { heldBack, type ParkedSummary } from "./parked-actors.ts";
import type { StagedActor } from "./staged-actor.ts";

/** What a partition holds of its actors when it begins; empty where left out. */
export interface HeldBefore {
  readonly store: ActorStore;
  readonly due: DueIndex;
  readonly parked: Map<ActorId, ParkedSummary>;
  /** Calls without outcome. */
  readonly callsPending: number;
}

/** All actors of a partition as their commits left them: records, timers, who is parked, who is busy. */
export class HeldActors {
  readonly store: ActorStore;
  readonly due: DueIndex;
  readonly parked: Map<ActorId, ParkedSummary>;
  readonly hot = new HotActors();
  #callsPending: number;

  constructor({ store, due, parked, callsPending }: Partial<HeldBefore> = {}) {
    this.store = store ?? new ActorStore();
    this.due = due ?? new DueIndex();
    this.parked = parked ?? new Map();
    this.#callsPending = callsPending ?? 0;
  }

  get callsPending(): number {
    return this.#callsPending;
  }

  get inputsParked(): number {
    return [...this.parked.values()].reduce((sum, { inputs }) => sum + inputs, 0);
  }

  /** An actor decoded for a look; undefined when it has no record. */
  viewOf(frame: ServiceFrame, id: ActorId): ActorView<unknown> | undefined {
    const bytes = this.store.get(id);
    if (!bytes) return undefined;
    const { state, seq, pending } = decodeActor(frame, id, bytes);
    return {
      state,
      seq,
      pending: pending.map((call) => ({
        callId: callIdOf({ actor: id, ...call }),
        call: JSON.parse(call.call) as unknown,
      })),
    };
  }

  /** Takes over an actor of a batch whose commit is durable. `at`: the partition's time. */
  merge({ staged, key: id, value: record }: FinishedActor, at: EpochMs): void {
    this.#callsPending += staged.pending.length - staged.pendingBefore;
    const held = heldBack(staged, at);
    if (held) this.parked.set(id, held);
    else this.parked.delete(id);
    if (staged.changed && record === null) {
      const slot = this.store.delete(id);
      if (slot === undefined) return;
      this.hot.forget(slot);
      this.due.clear(slot);
      return;
    }
    const slot = this.#kept(staged, record);
    if (slot === undefined) return;
    this.hot.keep(slot, staged);
    const dueAt = nextDueAt(staged.timers, staged);
    if (dueAt === undefined) this.due.clear(slot);
    else this.due.set(slot, dueAt, orgOf(id));
  }

  /** The actor's slot, with its record in it; undefined for one that has none. */
  #kept(staged: StagedActor, record: Uint8Array | null): number | undefined {
    if (record === null) return staged.slot;
    if (staged.slot === undefined) staged.slot = this.store.set(staged.id, record);
    else this.store.replace(staged.slot, record);
    return staged.slot;
  }
}
