export type * from "./archive.ts";
export type * from "./calendar.ts";
export type * from "./groups.ts";
export { JoinWanted, SettingsWanted } from "./join-settings.ts";
export { type Operation, type OperationName, operations } from "./operations.ts";
export type * from "./overview.ts";
export * from "./session.ts";
export { Problem } from "./shapes.ts";
export type * from "./users.ts";
