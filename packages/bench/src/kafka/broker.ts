import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { type KafkaLogSettings, type Log, openKafkaLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { startKafka } from "@hybrid/tools/kafka-local";
import type { Stage } from "../bench.ts";

/** Kafka's own intervals of housekeeping, in the place of those for tests, which wait for it. */
const unhurried = {
  "log.initial.task.delay.ms": "30000",
  "log.cleaner.backoff.ms": "15000",
  "log.retention.check.interval.ms": "300000",
  "log.segment.delete.delay.ms": "60000",
};

/**
 * Runs something on a broker of its own, in the bench's folder, and ends the broker. With `measured` it has
 * the compiler that brokers run with in earnest, and must be warmed up.
 */
export const withBroker = async (
  stage: Stage,
  run: (brokers: readonly string[]) => Promise<void>,
  { measured = false }: { readonly measured?: boolean } = {},
): Promise<void> => {
  const broker = await startKafka({
    folder: mkdtempSync(join(stage.folder, "kafka-")),
    heapMb: 1_024,
    measured,
    properties: measured ? unhurried : {},
    onProgress: (line) => stage.say(line),
  });
  try {
    await run(broker.brokers);
  } finally {
    await broker.stop();
  }
};

/** Opens a log on a bench's broker, with the machine's own clock. */
export const openLog = (brokers: readonly string[], settings: Partial<KafkaLogSettings> = {}): Promise<Log> =>
  openKafkaLog({ brokers, clientId: "hybrid-bench", clock: systemScheduler(), ...settings });

/** Waits this long of real time. */
export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
