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
