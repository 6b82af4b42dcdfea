import type { WriterEvents } from "../src/adapters/redis-view/partition-writer.ts";
import { usualTimes } from "../src/adapters/redis-view/store.ts";

/** Of every topic in tests of lists. */
export const partitions = 3;

/** A fleet that notices soon who is gone. */
export const fleetTimes = { beatMs: 100, times: { ...usualTimes, leaseMs: 1_000 } };

/** Nobody hears what a writer tells. */
export const silentEvents: WriterEvents = {
  onApplied: () => undefined,
  onSkipped: () => undefined,
  onRebuild: () => undefined,
  onRefused: () => undefined,
};
