import { Kafka, type KafkaConfig, logLevel } from "kafkajs";

/** A client that gives up soon and keeps quiet. */
export const clientOf = (brokers: readonly string[], more: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 3 }, ...more });
