import { callDeadlineMsMax, type EpochMs } from "@hybrid/kernel";
import type { OwnedPartition } from "@hybrid/log";

/**
 * Who owned the partitions of a service before this process did, for as long as it matters: calls that
 * another process has started end within their hard deadline, however often this one must fence the partition
 * again meanwhile.
 */
export class OwnerMemory {
  readonly #latest = new Map<number, { readonly epoch: number; readonly strangerAt: EpochMs | undefined }>();

  /** This process owns the partition from now on; true while a stranger's calls may still be on their way. */
  own(
    { partition, epoch, position }: Pick<OwnedPartition, "partition" | "epoch" | "position">,
    now: EpochMs,
  ): boolean {
    const last = this.#latest.get(partition);
    const isOursAgain = last !== undefined && last.epoch + 1 === epoch;
    const inherited = position === undefined ? undefined : now;
    const strangerAt = isOursAgain ? last.strangerAt : inherited;
    this.#latest.set(partition, { epoch, strangerAt });
    if (strangerAt === undefined) return false;
    // A clock that was set back says nothing of how long ago it was.
    return now < strangerAt || now - strangerAt < callDeadlineMsMax;
  }
}
