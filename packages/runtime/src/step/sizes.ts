import type { CheckpointEntry, OutgoingRecord } from "@hybrid/log";
import { PoisonError } from "./poison.ts";

/** More than the key and the frame of a record take. */
const recordBytesMargin = 128;
/** Bytes of UTF-8 that one UTF-16 unit becomes at most. */
const bytesPerUnit = 3;

/** What an entry of journal or checkpoint adds to a commit, at most. */
export const entryBytes = ({ value }: Pick<CheckpointEntry, "value">): number =>
  (value?.length ?? 0) + recordBytesMargin;

/** What an emitted record adds to a commit, at most. */
export const outputBytes = ({ value }: Pick<OutgoingRecord, "value">): number => entryBytes({ value });

/**
 * Throws {@link PoisonError} for a state beyond its bound. One that is too large already, because the bound
 * was higher, may shrink step by step.
 */
export const checkStateSize = (stateJson: string, before: string, bytesMax: number): void => {
  if (stateJson.length * bytesPerUnit <= bytesMax) return;
  const bytes = Buffer.byteLength(stateJson);
  if (bytes <= bytesMax || bytes <= Buffer.byteLength(before)) return;
  throw new PoisonError("tooLarge", `the state would have ${bytes} bytes, an actor's may have ${bytesMax}`);
};

/** Throws {@link PoisonError} when a step emits more than a commit may have. */
export const checkOutputSize = (outputs: readonly OutgoingRecord[], bytesMax: number): void => {
  if (outputs.length === 0) return;
  const bytes = outputs.reduce((sum, output) => sum + outputBytes(output), 0);
  if (bytes > bytesMax)
    throw new PoisonError("tooLarge", `the step emits ${bytes} bytes at once, a commit may have ${bytesMax}`);
};
