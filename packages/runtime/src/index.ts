export type { ObservedCall } from "./call-gate.ts";
export {
  type ClockCorrection,
  type ControlState,
  controlActorOf,
  controlStep,
  initialControl,
  isControlActor,
  type StateOrder,
} from "./control-state.ts";
export { ClockSkewError, NewerReleaseError, PartitionFailedError, StoredStateError } from "./errors.ts";
export { type HealthServer, type HealthServerOptions, startHealthServer } from "./health-server.ts";
export { inJson, type JournalReading } from "./journal-content.ts";
export { type MemoryHolder, SharedMemory, type WorkingMemory, workingMemory } from "./memory-share.ts";
export { type MetricsSample, type RuntimeMetrics, runtimeMetrics } from "./metrics.ts";
export type { ObservedReport } from "./observed-report.ts";
export {
  type ActorView,
  type DeadlineTimer,
  defaultLimits,
  type Logger,
  type Observer,
  type PartitionState,
  type PartitionStatus,
  type Phase,
  type RunningService,
  type RuntimeLimits,
  type ServiceActivity,
  type ServiceOptions,
  stalledAfterMs,
} from "./options.ts";
export type { ParkedActor, ParkedSummary } from "./parked-actors.ts";
export { runService } from "./run-service.ts";
export { type ShutdownOptions, shutdownOnEnd, shutdownOnSignal } from "./shutdown.ts";
export { seededRandom, systemDeadlineTimer, systemRandom, systemScheduler } from "./system-ports.ts";
