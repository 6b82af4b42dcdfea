import type { Parked, PendingCall, SuppressedTimer } from "@hybrid/contracts";
import type { ActorId, Timer } from "@hybrid/kernel";
import { type Keys, KeysMissing, maySeal, openValue } from "@hybrid/sealing";
import type { ServiceFrame } from "../frame.ts";
import { decodeActor, type LoadedActor, newActor, readState, storedTimers } from "../store/actor-codec.ts";
import type { ActorStore } from "../store/actor-store.ts";
import { type PoisonError, poisonOf } from "./poison.ts";

/** An actor that a batch touched, as it will be once the batch is durable. */
export interface StagedActor {
  readonly id: ActorId;
  /** Its slot of the store; undefined while it has no record. */
  slot: number | undefined;
  /** The batch that has touched it last. */
  batch: number;
  seq: number;
  state: unknown;
  stateJson: string;
  stateVersion: number;
  /** See {@link LoadedActor.fault}. */
  fault: PoisonError | null;
  pending: readonly PendingCall[];
  pendingBefore: number;
  timers: readonly Timer[];
  suppressed: readonly SuppressedTimer[];
  parked: Parked | null;
  changed: boolean;
  /** Of its checkpoint record, at most, as this batch will write it; 0 as long as it has not changed. */
  recordBytes: number;
}

const none: readonly never[] = [];

/**
 * The actor in a slot of the store; throws StoredStateError. Reads by hand what can be: this happens for
 * every actor of a partition that is restored, and for every actor that an input reaches.
 */
export const readActor = (
  frame: ServiceFrame,
  store: ActorStore,
  { id, slot }: { readonly id: ActorId; readonly slot: number },
): LoadedActor => {
  const plain = store.read(slot, frame.readPlain);
  if (plain?.stateVersion !== frame.topology.stateVersion)
    return decodeActor(frame, id, store.get(id) ?? new Uint8Array());
  return { seq: plain.seq, ...readState(frame, id, plain), pending: none, suppressed: none, parked: null };
};

/** Actors that are kept decoded, by slot. */
export interface HotSource {
  /** The actor whose record stands in the slot; only a batch that will commit may change its fields. */
  get(slot: number): StagedActor | undefined;
}

/** Where actors are taken from. */
export interface StagingBase {
  readonly frame: ServiceFrame;
  readonly store: ActorStore;
  readonly hot: HotSource;
  /** Null where the topology declares no sealed values. */
  readonly keys: Keys | null;
  /** The batch's own number among those of its partition. */
  readonly batch: number;
  /**
   * Where the numbering of an actor without a record starts: the greatest step number that the partition has
   * ever given, so that no call id comes twice, in a copy of the log neither.
   */
  readonly seqBase: number;
}

/**
 * Begins the work of a batch on an actor that the one before has left decoded. It is changed in place:
 * when its batch fails, the partition's loop ends and discards everything.
 */
export const stageHot = (actor: StagedActor, batch: number): void => {
  actor.batch = batch;
  actor.pendingBefore = actor.pending.length;
  actor.changed = false;
  actor.recordBytes = 0;
};

/** The actor with the sealed parts of its state open. Throws {@link KeysMissing}. */
const openLoaded = ({ keys }: StagingBase, loaded: LoadedActor): LoadedActor => {
  if (!keys || loaded.fault || !maySeal(loaded.stateJson)) return loaded;
  try {
    return { ...loaded, state: openValue(loaded.state, keys) };
  } catch (error) {
    if (error instanceof KeysMissing) throw error;
    const fault = poisonOf(error, "unreadable", "a sealed part of its stored state is damaged");
    return { ...loaded, state: undefined, fault };
  }
};

/**
 * Takes an actor out of the store to be worked on; its record is not touched. Throws StoredStateError and
 * {@link KeysMissing}.
 */
export const stageCold = (
  base: StagingBase,
  { id, slot }: { readonly id: ActorId; readonly slot: number | undefined },
): StagedActor => {
  const { frame, store, batch, seqBase } = base;
  const stored = slot === undefined ? newActor(frame, seqBase) : readActor(frame, store, { id, slot });
  const loaded = openLoaded(base, stored);
  const { seq, state, stateJson, stateVersion, pending, suppressed, parked } = loaded;
  const { timers, fault } = storedTimers(frame, loaded);
  return {
    id,
    slot,
    batch,
    seq,
    state,
    stateJson,
    stateVersion,
    fault,
    pending,
    pendingBefore: pending.length,
    timers,
    suppressed,
    parked,
    changed: false,
    recordBytes: 0,
  };
};
