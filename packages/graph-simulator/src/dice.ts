import { createHash } from "node:crypto";

/**
 * Chance that can be replayed: every draw is a function of the seed and of what it is drawn for, never of the
 * order of draws. So one tenant's traffic does not change another tenant's fate.
 */
export interface Dice {
  /** A number in [0, 1). */
  draw(...forWhat: readonly (string | number)[]): number;
  /** A GUID. */
  guid(...forWhat: readonly (string | number)[]): string;
  /** 32 bytes. */
  bytes(...forWhat: readonly (string | number)[]): Buffer;
}

/** Chance from a seed. */
export const createDice = (seed: number): Dice => {
  const bytes = (...forWhat: readonly (string | number)[]): Buffer =>
    createHash("sha256")
      .update(`${seed}\n${forWhat.join("\n")}`)
      .digest();
  return {
    bytes,
    draw: (...forWhat) => bytes(...forWhat).readUInt32BE(0) / 2 ** 32,
    guid: (...forWhat) => {
      const hex = bytes(...forWhat).toString("hex");
      const parts = [
        hex.slice(0, 8),
        hex.slice(8, 12),
        `4${hex.slice(13, 16)}`,
        `a${hex.slice(17, 20)}`,
        hex.slice(20, 32),
      ];
      return parts.join("-");
    },
  };
};

/** The index that `at` (0 to 1) falls on when every index has the given weight. */
export const pickWeighted = (weights: readonly number[], at: number): number => {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let left = at * whole;
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return Math.max(weights.length - 1, 0);
};
