import { type ActorId, type EpochMs, explicitPartitionOf, instant, later, plus } from "@hybrid/kernel";
import { type Numbers, writeSpacingMs } from "./numbers.ts";

/** Moments at which a partition's users may write, one each. */
export interface Slots {
  /** In order, none before now, none of them given before. */
  readonly moments: readonly EpochMs[];
  /** No later moment is given yet. */
  readonly freeAt: EpochMs;
}

/** Which moments are wanted: `count` of them, leaving `skip` out at first and then taking every `step`th. */
export interface Wanted {
  readonly freeAt: EpochMs;
  readonly now: EpochMs;
  readonly count: number;
  readonly step: number;
  readonly skip: number;
}

/**
 * The next free moments of a partition. All partitions of a tenant share one grid of moments, evenly apart at
 * the tenant's rate, and take turns in it, so that no stretch of time holds more writes than the rate.
 */
export const nextSlots = (self: ActorId, numbers: Numbers, wanted: Wanted): Slots => {
  const { freeAt, now, count, step, skip } = wanted;
  const spacingMs = writeSpacingMs(numbers);
  const phaseMs = (spacingMs * (explicitPartitionOf(self) ?? 0)) / numbers.partitions;
  const first = Math.ceil((later(now, freeAt) - phaseMs) / spacingMs);
  const momentOf = (nth: number): number => (first + nth) * spacingMs + phaseMs;
  return {
    moments: Array.from({ length: count }, (_, nth) =>
      later(now, plus(instant(0), momentOf(skip + nth * step))),
    ),
    // Rounded down, because a moment that is free must not be skipped.
    freeAt: instant(Math.floor(momentOf(count * step))),
  };
};
