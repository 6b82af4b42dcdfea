/** Wakes those who wait for records, by slot; no timers. */
export interface Waiters {
  /** Resolves at the next wake of one of the slots, or when the signal is aborted. */
  wait(slots: readonly number[], signal: AbortSignal): Promise<void>;
  wake(slots: Iterable<number>): void;
  wakeAll(): void;
}

/** Makes an empty set of waiters. */
export const waiters = (): Waiters => {
  const bySlot = new Map<number, Set<() => void>>();
  const wake = (slots: Iterable<number>): void => {
    for (const slot of slots) for (const run of bySlot.get(slot) ?? []) run();
  };
  return {
    wait: (slots, signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          signal.removeEventListener("abort", done);
          for (const slot of slots) {
            const set = bySlot.get(slot);
            set?.delete(done);
            if (set?.size === 0) bySlot.delete(slot);
          }
          resolve();
        };
        if (signal.aborted) return resolve();
        signal.addEventListener("abort", done);
        for (const slot of slots) {
          const set = bySlot.get(slot) ?? new Set();
          bySlot.set(slot, set.add(done));
        }
      }),
    wake,
    wakeAll: () => wake([...bySlot.keys()]),
  };
};
