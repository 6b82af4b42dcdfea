import type { CheckpointRecord, PendingCall } from "@hybrid/contracts";
import type { ActorId, Timer } from "@hybrid/kernel";
import { StoredStateError } from "./errors.ts";
import type { ServiceFrame } from "./frame.ts";

/** An actor that was decoded to be looked at or to take a step. */
export interface LoadedActor {
  readonly seq: number;
  readonly state: unknown;
  /** The state as JSON, in today's version. */
  readonly stateJson: string;
  readonly pending: readonly PendingCall[];
}

const none: readonly PendingCall[] = [];

/** The actor as it is without a record. `seq` is where its numbering starts. */
export const newActor = (frame: ServiceFrame, seq: number): LoadedActor => ({
  seq,
  state: JSON.parse(frame.initialJson) as unknown,
  stateJson: frame.initialJson,
  pending: none,
});

/** Whether the actor needs no record: `initial`, and nothing on its way. */
export const isBlank = (
  frame: ServiceFrame,
  actor: { readonly stateJson: string; readonly pending: readonly unknown[] },
): boolean => actor.pending.length === 0 && actor.stateJson === frame.initialJson;

/** The actor's checkpoint record. */
export const encodeActor = (frame: ServiceFrame, actor: Omit<LoadedActor, "state">, at: number): Uint8Array =>
  frame.checkpoint.encode({
    seq: actor.seq,
    at,
    stateVersion: frame.topology.stateVersion,
    state: actor.stateJson,
    pending: actor.pending,
  });

const upgraded = (frame: ServiceFrame, id: ActorId, record: CheckpointRecord): unknown => {
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

const readRecord = (frame: ServiceFrame, id: ActorId, record: CheckpointRecord): LoadedActor => {
  try {
    const state = upgraded(frame, id, record);
    const current = record.stateVersion === frame.topology.stateVersion;
    const stateJson = current ? record.state : JSON.stringify(state);
    return { seq: record.seq, state, stateJson, pending: record.pending };
  } catch (cause) {
    if (cause instanceof StoredStateError) throw cause;
    throw new StoredStateError(
      `the state of ${id} (version ${record.stateVersion}) cannot be read or upgraded by this release`,
      { cause },
    );
  }
};

const guarded = <Value>(id: ActorId, what: string, decode: () => Value): Value => {
  try {
    return decode();
  } catch (cause) {
    throw new StoredStateError(
      `the ${what} record of ${id} cannot be decoded: it is damaged, or a newer release has written it`,
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

/** What a journal record leaves of its actor, in today's version. Throws {@link StoredStateError}. */
export const decodeJournaled = (
  frame: ServiceFrame,
  id: ActorId,
  bytes: Uint8Array,
): LoadedActor & { readonly at: number } => {
  const record = guarded(id, "journal", () => frame.journal.decode(bytes));
  return { ...readRecord(frame, id, record), at: record.at };
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

/** Marks a timer that must not fire again although the state still wants it. */
export const timerMark = (timer: Timer): string => `${timer.dueAt} ${timer.name}`;

/** When the actor is next due, leaving out suppressed timers. */
export const nextDueAt = (
  timers: readonly Timer[],
  suppressed: ReadonlySet<string> | undefined,
): number | undefined => {
  let first: number | undefined;
  for (const timer of timers) {
    if (suppressed?.has(timerMark(timer))) continue;
    if (first === undefined || timer.dueAt < first) first = timer.dueAt;
  }
  return first;
};
