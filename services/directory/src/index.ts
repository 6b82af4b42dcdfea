export type { Fault } from "./adapters/csv-rows.ts";
export { directoryHandlers, type SourcePorts } from "./adapters/handlers.ts";
export {
  activateTenantCommand,
  type CommandWriting,
  currentEntries,
  deactivateTenantCommand,
  type ImportReport,
  importCommands,
  importPeople,
  removeUserCommand,
  syncPeopleCommand,
  toggleUserCommand,
} from "./adapters/import-people.ts";
export { readEverybody, type SourceClaims } from "./adapters/read-everybody.ts";
export { type ListedPerson, personFields, type ReadPeople, readPeople } from "./adapters/read-people.ts";
export type { Input } from "./domain/inputs.ts";
export { type Foreseen, lookAhead } from "./domain/look-ahead.ts";
export type { State } from "./domain/state.ts";
export { directoryTopology } from "./topology.ts";
export { directoryTexts } from "./whose-texts.ts";
