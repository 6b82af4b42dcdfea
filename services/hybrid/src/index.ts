export { activateTenant } from "./administration.ts";
export { type ConfiguredService, readUpConfig, type UpConfig } from "./config.ts";
export { type LogPlace, openLog, placeText } from "./log-place.ts";
export { catalog, services } from "./service-list.ts";
export { type System, startSystem } from "./system.ts";
export type { SystemOptions } from "./system-options.ts";
export { forPeople, heading, table } from "./tables.ts";
export { presentUsers, type UserRow } from "./users-view.ts";
