export { type GraphHandlerSettings, type GraphPorts, userStateHandlers } from "./adapters/graph-handlers.ts";
export { readConfig, type UserStateConfig } from "./config.ts";
export type { Call, Input } from "./domain/inputs.ts";
export { designNumbers, type Numbers } from "./domain/numbers.ts";
export type { State } from "./domain/state.ts";
export { userStateTopology } from "./topology.ts";
