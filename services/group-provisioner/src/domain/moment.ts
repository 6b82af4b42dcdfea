import type { ActorId, EpochMs } from "@hybrid/kernel";
import type { Numbers } from "./numbers.ts";

/** What a step knows besides state and input. */
export interface Moment {
  readonly now: EpochMs;
  readonly self: ActorId;
  readonly numbers: Numbers;
}
