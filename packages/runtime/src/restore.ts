import type { ActorId } from "@hybrid/kernel";
import { type EpochMs, instant } from "@hybrid/kernel";
import type { OwnedPartition } from "@hybrid/log";
import {
  decodeActor,
  decodeJournaled,
  encodeActor,
  isBlank,
  nextDueAt,
  storedTimers,
} from "./actor-codec.ts";
import { ActorStore } from "./actor-store.ts";
import { DueIndex } from "./due-index.ts";
import type { CallOrder } from "./effects.ts";
import type { RawCall, ServiceFrame } from "./frame.ts";
import { breathe } from "./wake.ts";

/** A partition as its predecessor left it. */
export interface Restored {
  readonly store: ActorStore;
  readonly due: DueIndex;
  /** Calls without outcome, to be carried out again. */
  readonly calls: readonly CallOrder[];
  /** The partition's latest `at`. */
  readonly at: EpochMs;
  /** The greatest step number of any actor. */
  readonly seqMax: number;
}

/** So many actors are read before others get their turn: about 10 ms of work. */
const sliceSize = 2_000;

/** Checkpoint first, then the tail; of an actor's records in the tail only the last one counts. */
const gather = async (
  frame: ServiceFrame,
  owned: OwnedPartition,
  goOn: () => boolean,
): Promise<{ readonly store: ActorStore; readonly at: number } | undefined> => {
  const store = new ActorStore();
  const tail = new Map<ActorId, Uint8Array>();
  for await (const records of owned.restore()) {
    if (!goOn()) return undefined;
    for (const { origin, key, value } of records) {
      if (origin === "checkpoint") store.set(key, value);
      else tail.set(key, value);
    }
  }
  let at: number = owned.position?.at ?? 0;
  let done = 0;
  for (const [id, bytes] of tail) {
    const actor = decodeJournaled(frame, id, bytes);
    at = Math.max(at, actor.at);
    if (isBlank(frame, actor)) store.delete(id);
    else store.set(id, encodeActor(frame, actor, actor.at));
    if (++done % sliceSize === 0) await breathe();
    if (!goOn()) return undefined;
  }
  return { store, at };
};

/**
 * Restores a fenced partition: actors, when they are due, calls without outcome. Resolves undefined when
 * `goOn` says to stop. Rejects with StoredStateError when an actor cannot be read: going on without it would
 * lose it.
 */
export const restorePartition = async (
  frame: ServiceFrame,
  owned: OwnedPartition,
  goOn: () => boolean,
): Promise<Restored | undefined> => {
  const gathered = await gather(frame, owned, goOn);
  if (!gathered) return undefined;
  const { store } = gathered;
  const due = new DueIndex();
  const calls: CallOrder[] = [];
  let seqMax = 0;
  let done = 0;
  for (const id of store.ids()) {
    const bytes = store.get(id);
    const slot = store.slotOf(id);
    if (!bytes || slot === undefined) continue;
    const actor = decodeActor(frame, id, bytes);
    seqMax = Math.max(seqMax, actor.seq);
    due.set(slot, nextDueAt(storedTimers(frame, id, actor.state), undefined));
    for (const { seq, index, call } of actor.pending)
      calls.push({ actor: id, seq, index, order: JSON.parse(call) as RawCall });
    if (++done % sliceSize === 0) await breathe();
    if (!goOn()) return undefined;
  }
  return { store, due, calls, at: instant(gathered.at), seqMax };
};
