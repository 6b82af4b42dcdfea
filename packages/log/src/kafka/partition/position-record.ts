import { instant } from "@hybrid/kernel";
import { CorruptLogError } from "../../errors.ts";
import type { Position } from "../../port.ts";

/**
 * The reserved key of the position record in a checkpoint partition (docs/DESIGN.md, "Journal"). No actor can
 * have it: every actor id has a slash.
 */
export const positionKey = "@position";

/** What a partition's owner leaves to the next one, rewritten with every commit. */
export interface PositionRecord {
  /** Grows by one with every owner. */
  readonly epoch: number;
  /** Null until something was committed. */
  readonly position: Position | null;
  /** Where the journal's tail begins, whose records may not be in the checkpoint yet; null: there is none. */
  readonly tailFrom: number | null;
  /** The journal has at least come to here. */
  readonly journalNext: number;
  /** Which topic of its name each source was: offsets of another one mean nothing; absent where unknown. */
  readonly topicIds?: Readonly<Record<string, string>>;
}

const version = 1;

/** The record as bytes: JSON, so that an operator can read it. */
export const encodePosition = ({
  epoch,
  position,
  tailFrom,
  journalNext,
  topicIds,
}: PositionRecord): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      version,
      epoch,
      at: position?.at ?? null,
      tailFrom,
      journalNext,
      sources: position?.sources ?? null,
      // Left out where they are not known: then they stay unknown.
      seqMax: position?.seqMax,
      machineVersion: position?.machineVersion,
      sealVersion: position?.sealVersion,
      topicIds,
    }),
  );

/**
 * Stands where the position record will, for as long as a partition is copied: nobody resumes from it, and
 * nobody begins from nothing beside it.
 */
export const unfinishedPosition = (): Uint8Array =>
  Buffer.from(JSON.stringify({ version, unfinished: true }));

const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const areTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null && Object.values(value).every((id) => typeof id === "string");

/** Reads it back. Throws CorruptLogError naming the place. */
export const decodePosition = (bytes: Uint8Array | null, place: string): PositionRecord => {
  const broken = (why: string): CorruptLogError =>
    new CorruptLogError(
      `the position record in ${place} cannot be read (${why}); nothing is applied from here on, ` +
        "because it alone says where to resume: restore the topic from a backup",
    );
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(Buffer.from(bytes ?? new Uint8Array()).toString()) as Record<string, unknown>;
  } catch {
    throw broken("not JSON");
  }
  if (raw["unfinished"] === true)
    throw new CorruptLogError(
      `the position record in ${place} says that a copy to here was never finished; nothing is applied: ` +
        "delete the copied topics, then copy again",
    );
  const { epoch, at, tailFrom, journalNext, sources, seqMax, machineVersion, sealVersion, topicIds } = raw;
  if (raw["version"] !== version) throw broken(`version ${String(raw["version"])}, not ${version}`);
  const offsets = sources === null ? {} : (sources as Record<string, unknown>);
  const faults = [
    ...(isOffset(epoch) ? [] : ["epoch"]),
    ...(isOffset(journalNext) ? [] : ["journalNext"]),
    ...(tailFrom === null || isOffset(tailFrom) ? [] : ["tailFrom"]),
    ...(sources === null || Number.isSafeInteger(at) ? [] : ["at"]),
    ...(seqMax === undefined || isOffset(seqMax) ? [] : ["seqMax"]),
    ...(machineVersion === undefined || isOffset(machineVersion) ? [] : ["machineVersion"]),
    ...(sealVersion === undefined || isOffset(sealVersion) ? [] : ["sealVersion"]),
    ...(topicIds === undefined || areTexts(topicIds) ? [] : ["topicIds"]),
    ...(typeof offsets === "object" && Object.values(offsets).every(isOffset) ? [] : ["sources"]),
  ];
  if (faults.length > 0) throw broken(`wrong ${faults.join(", ")}`);
  return {
    epoch: epoch as number,
    tailFrom: tailFrom as number | null,
    journalNext: journalNext as number,
    ...(areTexts(topicIds) && { topicIds }),
    position:
      sources === null
        ? null
        : {
            sources: offsets as Record<string, number>,
            at: instant(at as number),
            ...(isOffset(seqMax) && { seqMax }),
            ...(isOffset(machineVersion) && { machineVersion }),
            ...(isOffset(sealVersion) && { sealVersion }),
          },
  };
};
