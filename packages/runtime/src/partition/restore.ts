import { type ActorId, type EpochMs, instant, orgOf } from "@hybrid/kernel";
import type { CheckpointEntry, OwnedPartition, Position, RestoredRecord } from "@hybrid/log";
import type { RawCall } from "../call.ts";
import { CallLines } from "../calls/call-lines.ts";
import type { ServiceFrame } from "../frame.ts";
import { heldBack, type ParkedSummary } from "../step/parked-actors.ts";
import { readActor } from "../step/staged-actor.ts";
import { decodeControl, encodeActor, encodeControl, nextDueAt, storedTimers } from "../store/actor-codec.ts";
import { ActorStore } from "../store/actor-store.ts";
import { type Control, controlActorOf, initialControl, isControlActor } from "../store/control-state.ts";
import { DueIndex } from "../store/due-index.ts";
import { JournalTail } from "./journal-tail.ts";
import { UnreadableActors } from "./report.ts";
import { breathe } from "./wake.ts";

/** A partition as its predecessor left it. */
export interface Restored {
  readonly store: ActorStore;
  readonly due: DueIndex;
  /** Calls without outcome, to be carried out again. */
  readonly calls: CallLines;
  readonly parked: Map<ActorId, ParkedSummary>;
  readonly control: Control;
  /** The partition's latest `at`. */
  readonly at: EpochMs;
  /** The greatest step number that the partition has ever given. */
  readonly seqMax: number;
  /** {@link Position.machineVersion}; 0 where it is not known. */
  readonly machineVersion: number;
  /** {@link Position.sealVersion}. */
  readonly sealVersion: number | undefined;
  /** Actors that only the journal's tail has, to be written to the checkpoint; to be read once, at once. */
  readonly behind: Iterable<CheckpointEntry>;
}

/** Actors that are read before other work gets its turn: about 10 ms. */
const sliceSize = 2_000;

interface Gathered {
  readonly store: ActorStore;
  readonly tail: JournalTail;
  readonly control: Control;
  /** The control actor's latest record stood in the tail. */
  readonly controlBehind: boolean;
}

/** Checkpoint first, then the tail, by actor. */
const gather = async (
  frame: ServiceFrame,
  owned: OwnedPartition,
  goOn: () => boolean,
): Promise<Gathered | undefined> => {
  const store = new ActorStore();
  const tail = new JournalTail(frame);
  let control: (RestoredRecord & { readonly value: Uint8Array }) | undefined;
  for await (const records of owned.restore()) {
    if (!goOn()) return undefined;
    for (const record of records) {
      const { origin, key, value } = record;
      if (value === null) store.delete(key);
      else if (isControlActor(key)) control = { ...record, value };
      else if (origin === "checkpoint") store.set(key, value);
      else tail.add(key, value);
    }
  }
  return {
    store,
    tail,
    control: control ? decodeControl(frame, owned.partition, control) : initialControl,
    controlBehind: control?.origin === "journal",
  };
};

const applyTail = async (
  frame: ServiceFrame,
  { store, tail }: Gathered,
  goOn: () => boolean,
): Promise<number> => {
  let at = 0;
  let done = 0;
  for (const id of tail.actors) {
    const actor = tail.replay(id, store.get(id));
    at = Math.max(at, actor.at);
    const record = encodeActor(frame, actor, actor.at);
    if (record === null) store.delete(id);
    else store.set(id, record);
    if (++done % sliceSize === 0) await breathe();
    if (!goOn()) return at;
  }
  return at;
};

/** Read only when it is asked for: all of a long tail at once would take twice its memory. */
const behindOf = function* (
  frame: ServiceFrame,
  { store, tail, control, controlBehind }: Omit<Gathered, "tail"> & { readonly tail: readonly ActorId[] },
  place: { readonly partition: number; readonly at: number },
): Generator<CheckpointEntry> {
  for (const key of tail) yield { key, value: store.get(key) ?? null };
  if (controlBehind)
    yield { key: controlActorOf(place.partition), value: encodeControl(frame, control, place.at) };
};

/**
 * Restores a fenced partition: actors, when they are due, calls without outcome, who is parked, what
 * operators have ordered. Resolves undefined when `goOn` says to stop. Rejects with StoredStateError when an
 * actor cannot be read: going on without it would lose it.
 */
export const restorePartition = async (
  frame: ServiceFrame,
  { owned, journalEnd }: { readonly owned: OwnedPartition; readonly journalEnd: number },
  goOn: () => boolean,
): Promise<Restored | undefined> => {
  // What a newer release has left is read by the schemas that it has published.
  await frame.schemas.refresh();
  const gathered = await gather(frame, owned, goOn);
  if (!gathered) return undefined;
  const { store, control } = gathered;
  // Each step left a record: what gave numbers without keeping the greatest has not gone beyond the journal.
  const seqFloor = owned.position?.seqMax ?? journalEnd;
  const tailAt = await applyTail(frame, gathered, goOn);
  // Not the latest of both: the tail may hold records from before a correction of the partition's time.
  const at = owned.position?.at ?? tailAt;
  const due = new DueIndex();
  const calls = new CallLines();
  const since = frame.scheduler.now();
  const parked = new Map<ActorId, ParkedSummary>();
  const unreadable = new UnreadableActors();
  let seqMax = Math.max(seqFloor, control.seq);
  for (let slot = 0; slot < store.slotsEnd; slot++) {
    if (slot % sliceSize === sliceSize - 1) await breathe();
    if (!goOn()) return undefined;
    const id = store.idAt(slot);
    if (id === undefined) continue;
    const actor = readActor(frame, store, { id, slot });
    seqMax = Math.max(seqMax, actor.seq);
    const org = orgOf(id);
    const { timers, fault } = storedTimers(frame, actor);
    const dueAt = nextDueAt(timers, actor);
    if (dueAt !== undefined) due.set(slot, dueAt, org);
    const held = heldBack({ parked: actor.parked, fault }, at);
    if (held) parked.set(id, held);
    if (fault) unreadable.add(id, fault);
    // Those of an actor that is kept in an earlier version are of that version: no handler knows them.
    const startable = actor.stateVersion === frame.topology.stateVersion ? actor.pending : [];
    for (const { seq, index, call } of startable) {
      const { kind } = JSON.parse(call) as RawCall;
      calls.push(org, { slot, seq, index, kind: frame.callKinds.numberOf(kind), since });
    }
  }
  unreadable.report(frame, owned.partition);
  const tail = gathered.tail.actors;
  const behind = behindOf(frame, { ...gathered, tail }, { partition: owned.partition, at });
  const { machineVersion = 0, sealVersion } = owned.position ?? ({} as Partial<Position>);
  return {
    store,
    due,
    calls,
    parked,
    control,
    at: instant(at),
    seqMax,
    machineVersion,
    sealVersion,
    behind,
  };
};
