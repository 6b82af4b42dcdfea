import type { Bench } from "./bench.ts";
import { ingestBench } from "./benches/ingest.ts";
import { loopBench } from "./benches/loop.ts";
import { memoryBench } from "./benches/memory.ts";
import { restoreBench } from "./benches/restore.ts";
import { timersBench } from "./benches/timers.ts";

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [loopBench, ingestBench, restoreBench, memoryBench, timersBench];
