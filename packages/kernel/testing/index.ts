export { type Cell, type CellTable, cellsOf } from "./cells.ts";
export { checkedMachine } from "./checked-machine.ts";
export { Happened } from "./happened.ts";
export { type DrivenMachine, MachineDriver } from "./machine-driver.ts";
export { throughJson } from "./through-json.ts";
export { VirtualClock } from "./virtual-clock.ts";
