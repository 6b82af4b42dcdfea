import { actorIdOf } from "@hybrid/kernel";
import type { StagedActor } from "../src/step/staged-actor.ts";

const id = actorIdOf("acme/u-1");

/** An actor whose state's JSON has `length` characters, two at least. */
export const actorOf = (chars: number, changed?: Partial<StagedActor>): StagedActor => {
  const state = "x".repeat(chars - 2);
  return {
    id,
    slot: 0,
    batch: 0,
    seq: 1,
    state,
    stateJson: JSON.stringify(state),
    stateVersion: 1,
    fault: null,
    pending: [],
    pendingBefore: 0,
    timers: [],
    suppressed: [],
    parked: null,
    changed: true,
    recordBytes: 0,
    ...changed,
  };
};
