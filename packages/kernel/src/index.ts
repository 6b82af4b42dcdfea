export { type ErrorCode, errorCatalog } from "./error-catalog.ts";
export {
  ConfigError,
  DecodeError,
  ProviderError,
  type ProviderFault,
  TopologyError,
  UnreadableSchemaError,
  unreachable,
} from "./errors.ts";
export {
  type ActorId,
  actorIdOf,
  entityKeyOf,
  entityOf,
  explicitPartitionOf,
  inPartition,
  localTenantActor,
  type OrgId,
  orgIdOf,
  orgOf,
  tenantActor,
  userActor,
} from "./ids.ts";
export {
  type CallEffect,
  type CallFailure,
  call,
  type Effect,
  type EmitEffect,
  emit,
  type Json,
  type Machine,
  type PostEffect,
  post,
  type Step,
  stay,
  type TellEffect,
  type Timer,
  tell,
} from "./machine.ts";
export { isWaiting, nextDailyAt, type Quiet, retryDueAt, settledAt, spread } from "./pace.ts";
export { murmur2, partitionOf, partitionOfKey } from "./partition.ts";
export { type RetryAfter, retryAfterMsOf } from "./retry-after.ts";
export {
  type ErasedSealed,
  type OpenSealed,
  openedOf,
  type Sealed,
  type SealScope,
  sealedFor,
  sealScopeOf,
} from "./sealed.ts";
export {
  type Cancel,
  type Clock,
  days,
  type EpochMs,
  hours,
  instant,
  later,
  minutes,
  plus,
  type Random,
  type Scheduler,
  seconds,
} from "./time.ts";
export type { AnyTopic, Schemas, Topic } from "./topic.ts";
export {
  type Addressed,
  type AnyTopology,
  type CallContext,
  type CallSpec,
  callDeadlineMsMax,
  checkTopology,
  from,
  type Handlers,
  type PastSealing,
  type RecordOrigin,
  type Source,
  type Topology,
  timerAheadMsMax,
  type Upgrades,
} from "./topology.ts";
