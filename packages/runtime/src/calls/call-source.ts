import type { RawCall } from "../call.ts";
import type { ServiceFrame } from "../frame.ts";
import type { HotActors } from "../step/hot-actors.ts";
import { readActor } from "../step/staged-actor.ts";
import type { ActorStore } from "../store/actor-store.ts";
import type { CallSource } from "./call-gate.ts";

/**
 * Calls as the records of a partition's actors have them. A call that is listed was durable before (I4); an
 * actor that is hot may be further than its record, but not with that call.
 */
export const callSourceOf = (
  frame: ServiceFrame,
  { store, hot }: { readonly store: ActorStore; readonly hot: HotActors },
): CallSource => ({
  find: ({ slot, seq, index }) => {
    const actor = store.idAt(slot);
    if (actor === undefined) return undefined;
    const { pending } = hot.get(slot) ?? readActor(frame, store, { id: actor, slot });
    const found = pending.find((call) => call.seq === seq && call.index === index);
    return found && { actor, seq, index, order: JSON.parse(found.call) as RawCall };
  },
  slotOf: (actor) => store.slotOf(actor),
  idAt: (slot) => store.idAt(slot),
});
