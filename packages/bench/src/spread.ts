import { median } from "simple-statistics";

/** How far the values lie apart: largest minus smallest, in percent of the median; 0 for one value alone. */
export const spreadPercent = (values: readonly number[]): number => {
  const middle = Math.abs(median([...values]));
  const range = Math.max(...values) - Math.min(...values);
  if (range === 0) return 0;
  return middle === 0 ? Number.POSITIVE_INFINITY : (100 * range) / middle;
};
