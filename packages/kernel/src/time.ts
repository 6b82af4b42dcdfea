declare const epochMs: unique symbol;

/** A point in time: milliseconds since 1970-01-01T00:00:00Z, an integer. */
export type EpochMs = number & { readonly [epochMs]: true };

/** Marks a number as a point in time. Throws RangeError when it is not a safe integer. */
export const instant = (ms: number): EpochMs => {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`not a point in time in milliseconds: ${ms}`);
  return ms as EpochMs;
};

/** `at` moved by `ms` (may be negative), rounded to a whole millisecond. */
export const plus = (at: EpochMs, ms: number): EpochMs => instant(Math.round(at + ms));

/** The later of two points in time. */
export const later = (a: EpochMs, b: EpochMs): EpochMs => (a > b ? a : b);

/** Durations are plain numbers of milliseconds; these spell them out. */
export const seconds = (n: number): number => n * 1_000;
export const minutes = (n: number): number => n * 60_000;
export const hours = (n: number): number => n * 3_600_000;
export const days = (n: number): number => n * 86_400_000;

/** Tells the time. A port: the runtime passes the machine's clock, tests and the demo a virtual one. */
export interface Clock {
  now(): EpochMs;
}

/** Cancels what a {@link Scheduler} was asked to do; calling it again or too late does nothing. */
export type Cancel = () => void;

/** Runs a callback once at a point in time of its own {@link Clock}. Never earlier; never synchronously. */
export interface Scheduler extends Clock {
  at(dueAt: EpochMs, run: () => void): Cancel;
}

/** Yields numbers in [0, 1). A port, so that a seed reproduces every run. */
export type Random = () => number;
