import type { Bench } from "./bench.ts";
import { ingestBench } from "./benches/ingest.ts";
import { joinDetailsBench } from "./benches/join-details.ts";
import { kafkaFailoverBench } from "./benches/kafka-failover.ts";
import { kafkaHandoverBench } from "./benches/kafka-handover.ts";
import { kafkaIdleBench } from "./benches/kafka-idle.ts";
import { kafkaLatencyBench } from "./benches/kafka-latency.ts";
import { kafkaLoopBench } from "./benches/kafka-loop.ts";
import { kafkaRestoreBench } from "./benches/kafka-restore.ts";
import { loopBench } from "./benches/loop.ts";
import { meetingsBench } from "./benches/meetings.ts";
import { memoryBench } from "./benches/memory.ts";
import { restoreBench } from "./benches/restore.ts";
import { timersBench } from "./benches/timers.ts";

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [
  loopBench,
  ingestBench,
  restoreBench,
  memoryBench,
  timersBench,
  joinDetailsBench,
  meetingsBench,
  kafkaLoopBench,
  kafkaLatencyBench,
  kafkaRestoreBench,
  kafkaFailoverBench,
  kafkaHandoverBench,
  kafkaIdleBench,
];
