/**
 * Growing numbers that all processes of one machine share: its monotonic clock in microseconds, made to grow
 * by itself where two moments of one process are the same.
 */
export const machineOrder = (): (() => number) => {
  let last = 0;
  return () => {
    const now = Number(process.hrtime.bigint()) / 1_000;
    last = now > last ? now : last + 0.001;
    return last;
  };
};
