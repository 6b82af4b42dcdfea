export { kafkaBank } from "./bank-worker.ts";
export { KafkaStage, type KafkaStageOptions } from "./kafka-stage.ts";
export { last, until } from "./waiting.ts";
export { apiKeys, type Fate, type Frame, type SeenFrame, type Wire } from "./wire.ts";
export type { WorkerFuse } from "./worker-orders.ts";
export { WorkerProcess } from "./worker-process.ts";
