import type { Parked, PendingCall, SuppressedTimer } from "@hybrid/contracts";
import type { ActorId, Timer } from "@hybrid/kernel";
import { decodeActor, newActor, storedTimers } from "./actor-codec.ts";
import type { ActorStore } from "./actor-store.ts";
import type { ServiceFrame } from "./frame.ts";

/** An actor that a batch touched, as it will be once the batch is durable. */
export interface StagedActor {
  readonly id: ActorId;
  seq: number;
  state: unknown;
  stateJson: string;
  pending: readonly PendingCall[];
  readonly pendingBefore: number;
  timers: readonly Timer[];
  suppressed: readonly SuppressedTimer[];
  parked: Parked | null;
  changed: boolean;
}

/** Takes an actor out of the store to be worked on; the store is not touched. Throws StoredStateError. */
export const stageActor = (
  base: { readonly frame: ServiceFrame; readonly store: ActorStore; readonly seqBase: number },
  id: ActorId,
): StagedActor => {
  const { frame, store, seqBase } = base;
  const bytes = store.get(id);
  const loaded = bytes ? decodeActor(frame, id, bytes) : newActor(frame, seqBase);
  return {
    ...loaded,
    id,
    pendingBefore: loaded.pending.length,
    timers: storedTimers(frame, id, loaded.state),
    changed: false,
  };
};
