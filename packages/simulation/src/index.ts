export {
  type BankOrder,
  bankNotices,
  bankOrders,
  bankRates,
  bankStatements,
  bankTopics,
} from "./bank/topics.ts";
export {
  type Account,
  type BankCall,
  type BankInput,
  bankTopology,
  newAccount,
  rateKeeper,
} from "./bank/topology.ts";
export { type CheckFrame, checkFrame, type Subject } from "./check/codecs.ts";
export { checkHistory } from "./check-history.ts";
export { Gate } from "./gate.ts";
export {
  eventLine,
  eventOfLine,
  History,
  type HistoryEvent,
  type HistoryOptions,
  mergeEvents,
  type Stamped,
} from "./history.ts";
export { processLog, Seat } from "./process-log.ts";
export { readEnd } from "./read-end.ts";
export { recordingHandlers } from "./recording-handlers.ts";
export { recordingLog, wrapLog, wrapMembership, wrapOwned, wrapOwners } from "./recording-log.ts";
export {
  type SimulationCounts,
  type SimulationOptions,
  type SimulationResult,
  simulate,
} from "./simulate.ts";
export { Stage, type StageOptions } from "./stage.ts";
export { type Invariant, type Violation, type ViolationKind, violationKinds } from "./violation.ts";
export { type Fuse, Worker, type WorkerOptions, type WorkerPhase } from "./worker.ts";
