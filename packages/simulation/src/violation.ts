import type { ActorId } from "@hybrid/kernel";

/** The invariants (docs/DESIGN.md, "Invariants"). */
export type Invariant = "I1" | "I2" | "I3" | "I4" | "I5" | "I6";

/** What each kind of violation is, and which invariant it breaks. */
export const violationKinds = {
  /** An accepted input was neither applied nor parked nor dead-lettered. */
  lost: "I3",
  /** An input was applied, fired, settled or dead-lettered more than once. */
  doubled: "I1",
  /** An actor got records of one source, or a reader records of one writer, out of order. */
  reordered: "I1",
  /** Something of an owner that was shut out became visible. */
  fencedWrite: "I2",
  /** Two owners of one partition were given epochs that do not grow. */
  epochRepeated: "I2",
  /** Part of a commit (journal, outputs, position) is visible and part is not. */
  tornBatch: "I1",
  /** A commit that was refused is visible all the same. */
  refusedVisible: "I2",
  /** The journal holds a record that nobody committed. */
  foreignRecord: "I2",
  /** Something acknowledged is missing at the end of the journal or of a restore. */
  lostTail: "I1",
  /** A call was started before the record that orders it was durable. */
  callBeforeRecord: "I4",
  /** A call was ordered and has no outcome although the system is at rest. */
  lostCall: "I4",
  /** A call was started again by the partition's owner although its outcome was durable. */
  callRepeated: "I4",
  /** Two orders have the same call id: the target would take the second for a repetition of the first. */
  callIdReused: "I4",
  /** A state, its timers or its pending calls are not what the journal's inputs give. */
  stateDiffers: "I1",
  /** The same inputs give other effects, numbers or times than the journal holds. */
  replayDiffers: "I6",
  /** An effect of the journal is missing among the outputs. */
  outputMissing: "I1",
  /** An output belongs to no effect of the journal. */
  outputExtra: "I1",
  /** One organisation's storm keeps another one's records or calls from their turn. */
  starved: "I5",
  /** The system did not come to rest by itself. */
  stuck: "I5",
} as const satisfies Readonly<Record<string, Invariant>>;

/** The name of a kind of violation. */
export type ViolationKind = keyof typeof violationKinds;

/** One breach of an invariant. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly invariant: Invariant;
  readonly partition: number | null;
  readonly actor: ActorId | null;
  /** Offsets concerned, in the topic that the message names. */
  readonly offsets: readonly number[];
  /** One sentence with invariant, partition, actor and offsets; no content. */
  readonly message: string;
}

/** Where a violation was found. */
export interface Place {
  readonly partition?: number | null | undefined;
  readonly actor?: string | null | undefined;
  readonly offsets?: readonly number[];
}

/** Makes a violation; `what` is the sentence without its place. */
export const violation = (kind: ViolationKind, place: Place, what: string): Violation => {
  const { partition = null, actor = null, offsets = [] } = place;
  const invariant = violationKinds[kind];
  const where = [
    ...(partition === null ? [] : [`partition ${partition}`]),
    ...(actor === null ? [] : [`actor ${actor}`]),
    ...(offsets.length === 0 ? [] : [`offset ${offsets.join(", ")}`]),
  ].join(", ");
  return {
    kind,
    invariant,
    partition,
    actor: actor as ActorId | null,
    offsets,
    message: `${invariant} ${kind}${where ? ` (${where})` : ""}: ${what}`,
  };
};
