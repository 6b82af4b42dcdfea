import type { Position } from "./port.ts";

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** What of a position could not be read back, each in a few words; empty when all of it can. */
export const positionFaults = ({
  sources,
  at,
  seqMax,
  machineVersion,
  sealVersion,
}: Position): readonly string[] => [
  ...(Number.isSafeInteger(at) ? [] : [`at is ${at}`]),
  ...Object.entries(sources)
    .filter(([, next]) => !isCount(next))
    .map(([topic, next]) => `the next offset of ${topic} is ${next}`),
  ...(seqMax === undefined || isCount(seqMax) ? [] : [`the greatest step number is ${seqMax}`]),
  ...(sealVersion === undefined || isCount(sealVersion) ? [] : [`the sealing's version is ${sealVersion}`]),
  ...(machineVersion === undefined || isCount(machineVersion)
    ? []
    : [`the machine's version is ${machineVersion}`]),
];
