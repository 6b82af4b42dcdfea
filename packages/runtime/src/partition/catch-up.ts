import type { Clock } from "@hybrid/kernel";
import type { CheckpointEntry, OwnedPartition } from "@hybrid/log";
import { entryBytes } from "../step/sizes.ts";
import type { CommitBound } from "./commit-bound.ts";

/** The most actors that one append carries. */
const actorsMax = 2_000;

/** What a catch-up is done with. */
export interface CatchUp {
  readonly bound: CommitBound;
  readonly clock: Clock;
  /** False: end early. */
  readonly goOn: () => boolean;
}

/**
 * Brings the checkpoint up to what was restored, before anything else is appended: the journal's tail that
 * the former owner left would otherwise grow with every owner that touches none of its actors. In commits of
 * bounded size; nothing to do on a log that writes both together.
 */
export const catchUp = async (
  owned: OwnedPartition,
  behind: Iterable<CheckpointEntry>,
  { bound, clock, goOn }: CatchUp,
): Promise<void> => {
  const { position } = owned;
  if (!position) return;
  let checkpoint: CheckpointEntry[] = [];
  let bytes = 0;
  const commit = async (): Promise<void> => {
    const batch = { journal: [], outputs: [], checkpoint, position };
    await bound.keep(bytes, clock, () => owned.commit(batch));
    checkpoint = [];
    bytes = 0;
  };
  for (const entry of behind) {
    const more = entryBytes(entry);
    if (checkpoint.length > 0 && (checkpoint.length === actorsMax || bytes + more > bound.bytes)) {
      if (!goOn()) return;
      await commit();
    }
    checkpoint.push(entry);
    bytes += more;
  }
  if (checkpoint.length > 0 && goOn()) await commit();
};
