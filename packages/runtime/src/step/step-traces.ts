import type { Parked, ParkedInput, Parking, PendingCall, SuppressedTimer } from "@hybrid/contracts";
import type { Timer } from "@hybrid/kernel";
import { KeysMissing } from "@hybrid/sealing";
import { isTimer } from "../store/actor-codec.ts";
import { PoisonError, poisonOf } from "./poison.ts";
import type { Sealing } from "./sealed-parts.ts";
import type { StagedActor } from "./staged-actor.ts";

/** A change of an actor's record that is not a step. */
export interface EnvelopeChange {
  readonly pending?: readonly PendingCall[];
  readonly suppressed?: readonly SuppressedTimer[];
  readonly parked?: Parked | null;
  readonly taken?: number;
  readonly kept?: ParkedInput | null;
}

/** What of a step, or of a change that is none, goes into its journal record. */
export interface Written {
  readonly seq: number;
  readonly stateJson: string;
  readonly stateVersion: number;
  readonly pending: readonly PendingCall[];
  readonly suppressed: readonly SuppressedTimer[];
  readonly input: string;
  readonly effects: string;
  readonly parking: Parking | null;
}

/**
 * What an input failed with. The machine may have changed the state that it was given before it failed, where
 * that was no copy. Throws {@link KeysMissing}, which is no failure.
 */
export const failureOf = (
  staged: StagedActor,
  error: unknown,
  { keys }: Pick<Sealing, "keys">,
): PoisonError => {
  if (error instanceof KeysMissing) throw error;
  if (!staged.fault && !keys) staged.state = JSON.parse(staged.stateJson) as unknown;
  return poisonOf(error, "stepFailed", "the service's code gave something that cannot be worked with");
};

/** What a step makes of an actor. Field by field: this happens for every input. */
export const become = (
  staged: StagedActor,
  next: Omit<StagedActor, "id" | "slot" | "batch" | "fault" | "pendingBefore" | "changed" | "recordBytes">,
): void => {
  staged.seq = next.seq;
  staged.state = next.state;
  staged.stateJson = next.stateJson;
  staged.stateVersion = next.stateVersion;
  staged.pending = next.pending;
  staged.timers = next.timers;
  staged.suppressed = next.suppressed;
  staged.parked = next.parked;
  staged.changed = true;
};

/** The calls without outcome but for the one that has just got its own. */
export const withoutCall = (
  { pending }: StagedActor,
  settles: PendingCall | undefined,
): readonly PendingCall[] => (settles ? pending.filter((call) => call !== settles) : pending);

/** Throws {@link PoisonError} when a state still wants the timer that has fired. */
export const checkFired = (fired: Timer, wanted: readonly Timer[]): void => {
  if (wanted.some(isTimer(fired)))
    throw new PoisonError(
      "timerKept",
      `timer ${fired.name} fired and the state still wants it at the same time: it would fire for ever`,
    );
};
