import type { Parked, ParkedReason } from "@hybrid/contracts";
import type { ActorId } from "@hybrid/kernel";
import type { PoisonError } from "./poison.ts";

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
const summaryOf = ({ cause, reason, since, overflowed, inputs }: Parked): ParkedSummary => ({
  cause,
  reason,
  since,
  overflowed,
  inputs: inputs.length,
});

/**
 * Why nothing gets through to an actor, or null. One that this release cannot read counts as parked, though
 * no input waits with it before the first has come.
 */
export const heldBack = (
  { parked, fault }: { readonly parked: Parked | null; readonly fault: PoisonError | null },
  now: number,
): ParkedSummary | null => {
  if (parked) return summaryOf(parked);
  if (!fault) return null;
  return { cause: fault.poisonCause, reason: fault.message, since: now, overflowed: false, inputs: 0 };
};
