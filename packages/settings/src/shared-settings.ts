import { whole } from "./shapes.ts";

/** LOG_PARTITIONS of every process and service: it must say the same to all of them, for ever. */
export const logPartitions = whole({
  min: 1,
  max: 1_024,
  meaning: "Partitions of every topic, for ever; 8 when embedded, 48 on Kafka when left out.",
});
