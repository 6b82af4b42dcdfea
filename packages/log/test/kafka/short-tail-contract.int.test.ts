import { logContract } from "../../testing/index.ts";
import { kafkaDriver } from "./kafka-driver.ts";

// Every few records reach the checkpoint at once, and the idle flush writes in between.
logContract("log on Kafka with a short tail", {
  ...kafkaDriver({ tailRecordsMax: 5, idleFlushMs: 20 }),
  propertyRuns: 12,
});
