/** Where a partition is in its life. */
export const partitionStates = ["assigned", "fencing", "restoring", "running", "draining", "closed"] as const;

/** One of {@link partitionStates}. */
export type PartitionState = (typeof partitionStates)[number];
