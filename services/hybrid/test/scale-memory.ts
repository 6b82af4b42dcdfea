import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What is alive after a collection, in bytes. */
export interface Alive {
  /** JavaScript objects. */
  readonly heap: number;
  /** Buffers; the encoded records of idle actors are most of it. */
  readonly buffers: number;
}

export const aliveBytes = (): Alive => {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
};

/** Processor time of this process so far, milliseconds: what other work on the machine hardly changes. */
export const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

export const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
