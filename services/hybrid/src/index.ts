export { activateTenant } from "./administration.ts";
export { type Clients, type Composed, type ComposeOptions, compose } from "./compose.ts";
export { type LogPlace, openLog, placeText } from "./log-place.ts";
export { serviceNames } from "./service-names.ts";
export { type System, type SystemOptions, startSystem } from "./system.ts";
export { forPeople, heading, table } from "./tables.ts";
export { presentUsers, type UserRow } from "./users-view.ts";
