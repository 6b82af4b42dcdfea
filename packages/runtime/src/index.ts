export type { ObservedCall, ObservedReport } from "./call.ts";
export { ClockSkewError, NewerReleaseError, PartitionFailedError, StoredStateError } from "./errors.ts";
export { type MetricsSample, type RuntimeMetrics, runtimeMetrics } from "./metrics.ts";
export {
  type ActorView,
  type DeadlineTimer,
  defaultLimits,
  type Logger,
  type Observer,
  type PartitionStatus,
  type Phase,
  type RunningService,
  type RuntimeLimits,
  type ServiceActivity,
  type ServiceOptions,
  stalledAfterMs,
} from "./options.ts";
export type { PartitionState } from "./partition/partition-state.ts";
export { type HealthServer, type HealthServerOptions, startHealthServer } from "./process/health-server.ts";
export {
  type MemoryHolder,
  SharedMemory,
  type WorkingMemory,
  workingMemory,
} from "./process/memory-share.ts";
export { type ShutdownOptions, shutdownOnEnd, shutdownOnSignal } from "./process/shutdown.ts";
export { seededRandom, systemDeadlineTimer, systemRandom, systemScheduler } from "./process/system-ports.ts";
export { runService } from "./run-service.ts";
export type { ParkedActor, ParkedSummary } from "./step/parked-actors.ts";
export { postSource } from "./step/post-source.ts";
export {
  type ClockCorrection,
  type ControlState,
  controlActorOf,
  controlStep,
  initialControl,
  isControlActor,
  type StateOrder,
} from "./store/control-state.ts";
export { inJson, isEffectsPage, type JournalReading } from "./store/journal-content.ts";
