export { isUnknownOnKafka, kafkaBank, openBankLog, runBank, type WorkerPorts } from "./bank-worker.ts";
export { type FeedOptions } from "./feed.ts";
export { KafkaStage, type KafkaStageOptions } from "./kafka-stage.ts";
export { last, until } from "./waiting.ts";
export { apiKeys, type Fate, type Frame, type SeenFrame, type Wire } from "./wire.ts";
export type { WorkerConfig, WorkerFuse, WorkerTimes } from "./worker-orders.ts";
export { type ProcessEnd, WorkerProcess } from "./worker-process.ts";
