import type { CheckpointRecord, Parked, Parking, PendingCall, SuppressedTimer } from "@hybrid/contracts";
import type { ActorId, Timer } from "@hybrid/kernel";
import { type Control, controlActorOf, controlStateVersion } from "./control-state.ts";
import { StoredStateError } from "./errors.ts";
import type { ServiceFrame } from "./frame.ts";

/** An actor that was decoded to be looked at or to take a step. */
export interface LoadedActor {
  readonly seq: number;
  readonly state: unknown;
  /** The state as JSON, in today's version. */
  readonly stateJson: string;
  readonly pending: readonly PendingCall[];
  /** Timers that the state still wants and that must not fire again before it changes. */
  readonly suppressed: readonly SuppressedTimer[];
  readonly parked: Parked | null;
}

const none: readonly never[] = [];

/** The actor as it is without a record. `seq` is where its numbering starts. */
export const newActor = (frame: ServiceFrame, seq: number): LoadedActor => ({
  seq,
  state: JSON.parse(frame.initialJson) as unknown,
  stateJson: frame.initialJson,
  pending: none,
  suppressed: none,
  parked: null,
});

/** Whether the actor needs no record: `initial`, nothing on its way, nothing parked. */
const isBlank = (frame: ServiceFrame, { stateJson, pending, parked }: Omit<LoadedActor, "state">): boolean =>
  pending.length === 0 && parked === null && stateJson === frame.initialJson;

/** The actor's checkpoint record; null when it needs none. */
export const encodeActor = (
  frame: ServiceFrame,
  actor: Omit<LoadedActor, "state">,
  at: number,
): Uint8Array | null => {
  if (isBlank(frame, actor)) return null;
  return frame.write.checkpoint({
    seq: actor.seq,
    at,
    stateVersion: frame.topology.stateVersion,
    state: actor.stateJson,
    pending: actor.pending,
    suppressed: actor.suppressed,
    parked: actor.parked,
  });
};

/** The control actor's checkpoint record. */
export const encodeControl = (frame: ServiceFrame, { seq, state }: Control, at: number): Uint8Array =>
  frame.checkpoint.encode({
    seq,
    at,
    stateVersion: controlStateVersion,
    state: JSON.stringify(state),
    pending: none,
    suppressed: none,
    parked: null,
  });

type Stored = Omit<CheckpointRecord, "at">;

const upgraded = (
  frame: ServiceFrame,
  id: ActorId,
  record: Pick<Stored, "state" | "stateVersion">,
): unknown => {
  const { stateVersion, upgrades } = frame.topology;
  if (record.stateVersion > stateVersion)
    throw new StoredStateError(
      `${id} was stored in state version ${record.stateVersion}, this code knows ${stateVersion}: ` +
        `a newer release of ${frame.service} has written it; run that release or a later one`,
    );
  let state = JSON.parse(record.state) as unknown;
  for (let version = record.stateVersion; version < stateVersion; version++) {
    const upgrade = upgrades[version];
    if (!upgrade) throw new StoredStateError(`${id} cannot be read: upgrades[${version}] is missing`);
    state = upgrade(state);
  }
  return state;
};

const readRecord = (frame: ServiceFrame, id: ActorId, record: Stored): LoadedActor => {
  try {
    const state = upgraded(frame, id, record);
    const current = record.stateVersion === frame.topology.stateVersion;
    const stateJson = current ? record.state : JSON.stringify(state);
    const { seq, pending, suppressed, parked } = record;
    return { seq, state, stateJson, pending, suppressed, parked };
  } catch (cause) {
    if (cause instanceof StoredStateError) throw cause;
    throw new StoredStateError(
      `the state of ${id} (version ${record.stateVersion}) cannot be read or upgraded by this release`,
      { cause },
    );
  }
};

/** A state of today's version. Throws {@link StoredStateError} when it is not JSON. */
export const parsedState = (id: ActorId, stateJson: string): unknown =>
  guarded(id, "checkpoint", () => JSON.parse(stateJson) as unknown);

const guarded = <Value>(id: ActorId, what: string, decode: () => Value): Value => {
  try {
    return decode();
  } catch (cause) {
    throw new StoredStateError(
      `the ${what} record of ${id} cannot be decoded: a newer release has written it (run that one), ` +
        "or it is damaged (restore the log from a backup)",
      { cause },
    );
  }
};

/** Decodes a checkpoint record and brings its state to today's version. Throws {@link StoredStateError}. */
export const decodeActor = (frame: ServiceFrame, id: ActorId, bytes: Uint8Array): LoadedActor =>
  readRecord(
    frame,
    id,
    guarded(id, "checkpoint", () => frame.checkpoint.decode(bytes)),
  );

/** What a journal record leaves of its actor, in today's version; of its parked inputs only the change. */
export interface JournaledActor extends Omit<LoadedActor, "parked"> {
  readonly at: number;
  readonly parking: Parking | null;
}

/** Decodes a journal record and brings its state to today's version. Throws {@link StoredStateError}. */
export const decodeJournaled = (frame: ServiceFrame, id: ActorId, bytes: Uint8Array): JournaledActor => {
  const record = guarded(id, "journal", () => frame.journal.decode(bytes));
  const { parked: _, ...actor } = readRecord(frame, id, { ...record, parked: null });
  return { ...actor, at: record.at, parking: record.parking };
};

/** The control actor as one of its records says. Throws {@link StoredStateError}. */
export const decodeControl = (
  frame: ServiceFrame,
  partition: number,
  record: { readonly origin: "checkpoint" | "journal"; readonly value: Uint8Array },
): Control => {
  const topic = record.origin === "checkpoint" ? frame.checkpoint : frame.journal;
  return guarded(controlActorOf(partition), record.origin, () => {
    const { seq, state } = topic.decode(record.value);
    return { seq, state: JSON.parse(state) as Control["state"] };
  });
};

/**
 * The timers of a stored state. Throws {@link StoredStateError} naming the actor when they cannot be told.
 */
export const storedTimers = (frame: ServiceFrame, id: ActorId, state: unknown): readonly Timer[] => {
  try {
    return frame.topology.timers(state);
  } catch (cause) {
    throw new StoredStateError(`the timers of ${id} cannot be told from its stored state by this release`, {
      cause,
    });
  }
};

/** Whether another one is the same timer. */
export const isTimer =
  (one: Timer | SuppressedTimer) =>
  (other: Timer | SuppressedTimer): boolean =>
    one.name === other.name && one.dueAt === other.dueAt;

/** When the actor is next due, leaving out suppressed timers; undefined for a parked actor. */
export const nextDueAt = (
  timers: readonly Timer[],
  { suppressed, parked }: Pick<LoadedActor, "suppressed" | "parked">,
): number | undefined => {
  if (parked) return undefined;
  let first: number | undefined;
  for (const timer of timers) {
    if (suppressed.some(isTimer(timer))) continue;
    if (first === undefined || timer.dueAt < first) first = timer.dueAt;
  }
  return first;
};
