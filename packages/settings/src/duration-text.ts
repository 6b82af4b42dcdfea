const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** What one of each unit of time is, in milliseconds. */
export const unitMs: Readonly<Record<string, number>> = { ms: 1, ...Object.fromEntries(units) };

/** A time in milliseconds in the largest unit that holds it whole: 90000 is `90s`, 3600000 is `1h`. */
export const durationText = (ms: number): string => {
  const fitting = ms === 0 ? undefined : units.find(([, length]) => ms % length === 0);
  return fitting ? `${ms / fitting[1]}${fitting[0]}` : `${ms}ms`;
};
