export type * from "./archive.ts";
export type * from "./groups.ts";
export { type Operation, type OperationName, operations } from "./operations.ts";
export type * from "./overview.ts";
export { roles, rolesThatMay } from "./roles.ts";
export * from "./session.ts";
export { Problem } from "./shapes.ts";
export type * from "./users.ts";
