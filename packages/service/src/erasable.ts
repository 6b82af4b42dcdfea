import { userErasures } from "@hybrid/contracts";
import { type AnyTopic, actorIdOf, type EmitEffect, from, type Topology } from "@hybrid/kernel";

/** The user whom an actor stands for is erased. */
export interface Erased {
  readonly kind: "erased";
}

/** How a service forgets a user. */
export interface Forgetting<State, Input> {
  /** Topics that have a record under the user's own name; it gets a tombstone. */
  readonly topics: readonly AnyTopic[];
  /** What the machine is told first, so that others hear that the user leaves; null or left out: nothing. */
  readonly parting?: (state: State) => Input | null;
}

const isErased = (input: unknown): input is Erased => (input as Partial<Erased>).kind === "erased";

/**
 * A topology whose users end when they are erased, whatever is under way: the actor is as if it had never
 * been, and its records get tombstones in the same append. It may come any number of times.
 */
export const erasable = <State, Input, Call extends { readonly kind: string }>(
  topology: Topology<State, Input, Call>,
  { topics, parting }: Forgetting<State, Input>,
): Topology<State, Input | Erased, Call> => ({
  ...topology,
  machine: (state, input, now, self) => {
    if (!isErased(input)) return topology.machine(state, input, now, self);
    const told = state === topology.initial ? null : (parting?.(state) ?? null);
    const parted = told === null ? [] : topology.machine(state, told, now, self).effects;
    const tombstones = topics.map(
      ({ name }): EmitEffect => ({ kind: "emit", topic: name, key: self, value: null }),
    );
    return { state: topology.initial, effects: [...parted, ...tombstones] };
  },
  // A copy in another partition than the user's reaches nobody.
  sources: [
    ...topology.sources,
    from(userErasures, (_erasure, { key }) => ({ to: actorIdOf(key), input: { kind: "erased" as const } })),
  ],
});
