import type { Parked, ParkedReason } from "@hybrid/contracts";
import type { ActorId } from "@hybrid/kernel";

/** A parked actor as operators see it, without its inputs. */
export interface ParkedSummary extends ParkedReason {
  /** How many inputs wait with it. */
  readonly inputs: number;
}

/** A parked actor of a service. */
export interface ParkedActor extends ParkedSummary {
  readonly actor: ActorId;
  readonly partition: number;
}

/** Counts the inputs instead of holding them. */
export const summaryOf = ({ cause, reason, since, overflowed, inputs }: Parked): ParkedSummary => ({
  cause,
  reason,
  since,
  overflowed,
  inputs: inputs.length,
});
