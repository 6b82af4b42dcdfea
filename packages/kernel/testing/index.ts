export { type DrivenMachine, MachineDriver, throughJson } from "./machine-driver.ts";
export { type EmittedRecord, type OpenCall, TopologyDriver } from "./topology-driver.ts";
export { VirtualClock } from "./virtual-clock.ts";
