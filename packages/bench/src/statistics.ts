/** The value in the middle; the mean of the two in the middle when there is an even number of them. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError("there is no median of nothing");
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
};

/** How far the values lie apart: largest minus smallest, in percent of the median; 0 for one value alone. */
export const spreadPercent = (values: readonly number[]): number => {
  const middle = Math.abs(median(values));
  const range = Math.max(...values) - Math.min(...values);
  if (range === 0) return 0;
  return middle === 0 ? Number.POSITIVE_INFINITY : (100 * range) / middle;
};

/**
 * The smallest of the values that at least `percent` of them do not exceed (nearest rank). `sorted` is
 * ascending; `percent` lies above 0 and is at most 100.
 */
export const percentile = (sorted: ArrayLike<number>, percent: number): number => {
  const rank = Math.ceil((percent / 100) * sorted.length);
  const value = sorted[Math.max(0, rank - 1)];
  if (value === undefined) throw new RangeError("there is no percentile of nothing");
  return value;
};
