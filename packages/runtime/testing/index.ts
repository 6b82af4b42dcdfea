// For the benchmark: what timers cost, apart from everything else.
export { DueIndex } from "../src/store/due-index.ts";
export {
  type FoldedJournal,
  foldJournal,
  type Journaled,
  type JournalFault,
  readJournal,
  readPartition,
  readTopic,
} from "./journal-check.ts";
export { passTime, settle } from "./settle.ts";
export { type DriverOptions, type EmittedRecord, type OpenCall, TopologyDriver } from "./topology-driver.ts";
