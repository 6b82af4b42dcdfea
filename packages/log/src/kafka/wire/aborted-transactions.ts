/** A transaction that was aborted, as a fetch names it. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  /** The offset of its first record in the partition. */
  readonly firstOffset: number;
}

/** What a batch says about its transaction. */
export interface TransactionalBatch {
  readonly producerId: bigint;
  readonly lastOffset: number;
  readonly transactional: boolean;
  readonly control: boolean;
}

/** Tells, batch after batch in their order, which ones belong to aborted transactions. */
export interface AbortedFilter {
  /**
   * Whether the records of the batch are to be dropped. `isAbortMarker` is asked for control batches only:
   * an ordinary record whose key looks like a marker's ends nothing.
   */
  drops(batch: TransactionalBatch, isAbortMarker: () => boolean): boolean;
}

const noProducer = -1n;

/**
 * The rule of Kafka's own consumer (KIP-98, "Reading transactional messages"): a transaction counts as
 * aborted from its first offset, for every transaction that begins at or before the batch's last offset,
 * until the abort marker of its producer.
 */
export const abortedFilter = (aborted: readonly AbortedTransaction[]): AbortedFilter => {
  const waiting = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<bigint>();
  let next = 0;
  const openUpTo = (lastOffset: number): void => {
    for (let one = waiting[next]; one && one.firstOffset <= lastOffset; one = waiting[++next])
      open.add(one.producerId);
  };
  return {
    drops(batch, isAbortMarker) {
      if (batch.producerId === noProducer) return false;
      openUpTo(batch.lastOffset);
      if (batch.control) {
        if (isAbortMarker()) open.delete(batch.producerId);
        return false;
      }
      return batch.transactional && open.has(batch.producerId);
    },
  };
};
