import {
  type CheckpointRecord,
  decodeAsWritten,
  type Parked,
  type ParkedInput,
  type Parking,
  type PendingCall,
  type SuppressedTimer,
} from "@hybrid/contracts";
import { type ActorId, type Timer, UnreadableSchemaError } from "@hybrid/kernel";
import { NewerReleaseError, StoredStateError } from "../errors.ts";
import type { ServiceFrame } from "../frame.ts";
import { jsonOf, PoisonError, poisonOf } from "../step/poison.ts";
import { timersIn, upgradedPart, upgradedState } from "../step/service-code.ts";
import { type Control, controlActorOf, controlStateVersion } from "./control-state.ts";

/** An actor that was decoded to be looked at or to take a step. */
export interface LoadedActor {
  readonly seq: number;
  readonly state: unknown;
  /** The state as JSON, in today's version, or as it was stored when that cannot be read. */
  readonly stateJson: string;
  /** The version of {@link stateJson}. */
  readonly stateVersion: number;
  /** Why this release cannot work on the actor; then `state` says nothing. Every input fails with it. */
  readonly fault: PoisonError | null;
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
  stateVersion: frame.topology.stateVersion,
  fault: null,
  pending: none,
  suppressed: none,
  parked: null,
});

type EncodedActor = Omit<LoadedActor, "state" | "fault">;

/** Whether the actor needs no record: `initial`, nothing on its way, nothing parked. */
const isBlank = (
  { initialJson, topology }: ServiceFrame,
  { stateJson, stateVersion, pending, parked }: EncodedActor,
): boolean =>
  pending.length === 0 &&
  parked === null &&
  stateJson === initialJson &&
  stateVersion === topology.stateVersion;

/** The actor's checkpoint record; null when it needs none. */
export const encodeActor = (frame: ServiceFrame, actor: EncodedActor, at: number): Uint8Array | null => {
  if (isBlank(frame, actor)) return null;
  return frame.write.checkpoint({
    seq: actor.seq,
    at,
    stateVersion: actor.stateVersion,
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

/** What a release that knows only earlier versions says; nothing was changed by it. */
export const newerThan = (
  { service, topology }: Pick<ServiceFrame, "service" | "topology">,
  what: string,
  needs: number,
): NewerReleaseError =>
  new NewerReleaseError(
    `${what}, and this release of ${service} knows versions up to ${topology.stateVersion}; nothing was ` +
      `changed: run a release that knows version ${needs}. Going back to this one is no longer possible`,
    needs,
  );

/**
 * What this release makes of a stored state; what it cannot read stays as it was stored, with the actor's
 * fault. Throws {@link NewerReleaseError} when a newer release has written it.
 */
export const readState = (
  frame: ServiceFrame,
  id: ActorId,
  record: Pick<Stored, "state" | "stateVersion">,
): Pick<LoadedActor, "state" | "stateJson" | "stateVersion" | "fault"> => {
  const { stateVersion } = frame.topology;
  if (record.stateVersion > stateVersion)
    throw newerThan(frame, `${id} was stored in state version ${record.stateVersion}`, record.stateVersion);
  try {
    const read = upgradedState(frame, record);
    // An upgrade may give nonsense. As long as the old state is what is kept, a better release can mend it.
    if (record.stateVersion !== stateVersion) timersIn(frame, read.state);
    return { ...read, stateVersion, fault: null };
  } catch (error) {
    const fault = faultOf(error, `its stored state, of version ${record.stateVersion}`);
    return { state: undefined, stateJson: record.state, stateVersion: record.stateVersion, fault };
  }
};

const faultOf = (error: unknown, what: string): PoisonError => {
  const { message } = poisonOf(error, "unreadable", "an error of the service's code");
  return new PoisonError(
    "unreadable",
    `this release cannot read ${what}: ${message}; run one that can, then retry it`,
    { cause: error },
  );
};

/** Calls that were ordered in an earlier version, as today's handlers know them. Throws PoisonError. */
const upgradedCalls = (
  frame: ServiceFrame,
  { pending, stateVersion: from }: Pick<Stored, "pending" | "stateVersion">,
): readonly PendingCall[] => {
  if (from === frame.topology.stateVersion || !frame.topology.callUpgrades) return pending;
  return pending.map((each) => {
    const call = upgradedPart(frame, "callUpgrades", { stored: JSON.parse(each.call) as unknown, from });
    return { ...each, call: jsonOf(call, "an upgraded call") };
  });
};

/** Inputs that were kept before each had its version have that of their record. */
const withVersion =
  (stateVersion: number) =>
  (input: ParkedInput): ParkedInput =>
    input.version ? input : { ...input, version: stateVersion };

const readRecord = (frame: ServiceFrame, id: ActorId, record: Stored): LoadedActor => {
  const { seq, suppressed, stateVersion } = record;
  const inputs = record.parked?.inputs.map(withVersion(stateVersion)) ?? none;
  const rest = { seq, suppressed, parked: record.parked && { ...record.parked, inputs } };
  const state = stateText(frame, id, record);
  const read = readState(frame, id, { state, stateVersion });
  if (read.fault) return { ...rest, ...read, pending: record.pending };
  try {
    return { ...rest, ...read, pending: upgradedCalls(frame, record) };
  } catch (error) {
    // All of it stays as it was stored, so that a better release finds one version.
    const fault = faultOf(error, "a call that it has ordered");
    return { ...rest, state: undefined, stateJson: state, stateVersion, fault, pending: record.pending };
  }
};

/** The state as JSON, whichever form the record has it in. */
const stateText = (
  frame: ServiceFrame,
  id: ActorId,
  { state, stateRecord }: Pick<Stored, "state" | "stateRecord">,
): string => {
  if (!stateRecord) return state;
  return guarded(id, "stored state's", () =>
    JSON.stringify(decodeAsWritten(`the state of ${id}`, stateRecord, frame.schemas)),
  );
};

const guarded = <Value>(id: ActorId, what: string, decode: () => Value): Value => {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof NewerReleaseError) throw cause;
    if (cause instanceof UnreadableSchemaError)
      throw new NewerReleaseError(
        `the ${what} record of ${id} waits for a newer release, and nothing was changed: ${cause.message}`,
        null,
        { cause },
      );
    throw new StoredStateError(
      `the ${what} record of ${id} cannot be decoded: it is damaged; restore the log from a backup`,
      { cause },
    );
  }
};

/** Decodes a checkpoint record and brings its state to today's version. Throws {@link StoredStateError}. */
export const decodeActor = (frame: ServiceFrame, id: ActorId, bytes: Uint8Array): LoadedActor =>
  readRecord(
    frame,
    id,
    guarded(id, "checkpoint", () => frame.checkpoint.decode(bytes, frame.schemas)),
  );

/** What a journal record leaves of its actor, in today's version; of its parked inputs only the change. */
export interface JournaledActor extends Omit<LoadedActor, "parked"> {
  readonly at: number;
  readonly parking: Parking | null;
}

/** Decodes a journal record and brings its state to today's version. Throws {@link StoredStateError}. */
export const decodeJournaled = (frame: ServiceFrame, id: ActorId, bytes: Uint8Array): JournaledActor => {
  const record = guarded(id, "journal", () => frame.journal.decode(bytes, frame.schemas));
  const { parked: _, ...actor } = readRecord(frame, id, { ...record, parked: null });
  const { at, parking } = record;
  const kept = parking?.kept && withVersion(record.stateVersion)(parking.kept);
  return { ...actor, at, parking: parking && { ...parking, kept: kept ?? null } };
};

/** The control actor as one of its records says. Throws {@link StoredStateError}. */
export const decodeControl = (
  frame: ServiceFrame,
  partition: number,
  record: { readonly origin: "checkpoint" | "journal"; readonly value: Uint8Array },
): Control => {
  const topic = record.origin === "checkpoint" ? frame.checkpoint : frame.journal;
  return guarded(controlActorOf(partition), record.origin, () => {
    const { seq, state, stateVersion } = topic.decode(record.value, frame.schemas);
    if (stateVersion > controlStateVersion)
      throw new NewerReleaseError(
        `what operators have ordered of partition ${partition} was stored by a newer release; run that one`,
        null,
      );
    return { seq, state: JSON.parse(state) as Control["state"] };
  });
};

/** The timers of a stored actor; none, with the actor's fault, when this release cannot tell them. */
export const storedTimers = (
  frame: ServiceFrame,
  { state, fault }: Pick<LoadedActor, "state" | "fault">,
): { readonly timers: readonly Timer[]; readonly fault: PoisonError | null } => {
  if (fault) return { timers: none, fault };
  try {
    return { timers: timersIn(frame, state), fault };
  } catch (error) {
    return { timers: none, fault: faultOf(error, "the timers of its stored state") };
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
