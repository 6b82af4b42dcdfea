import type { ActorId, CallContext, Effect, Handlers, Machine, Topology } from "@hybrid/kernel";
import {
  fromRecord,
  KnownSealed,
  openTexts,
  type SealedFields,
  sealTexts,
  toRecord,
} from "./sealed-fields.ts";

type AnyCall = { readonly kind: string };

const sealedEffect = <Input, Call>(
  effect: Effect<Input, Call>,
  fields: SealedFields,
  { self, known }: { readonly self: ActorId; readonly known: KnownSealed },
): Effect<Input, Call> => {
  const seal = <Value>(value: Value, actor: ActorId): Value =>
    sealTexts(value, fields, { actor, known }) as Value;
  switch (effect.kind) {
    case "call":
      return { ...effect, call: seal(effect.call, self) };
    case "emit":
      return { ...effect, value: toRecord(seal(effect.value, effect.key), fields) as typeof effect.value };
    case "tell":
    case "post":
      return { ...effect, input: seal(effect.input, effect.to) };
  }
};

const sealedMachine =
  <State, Input, Call>(
    machine: Machine<State, Input, Call>,
    fields: SealedFields,
  ): Machine<State, Input, Call> =>
  (state, input, now, self) => {
    const known = new KnownSealed();
    const opened = [openTexts(state, known) as State, openTexts(input, known) as Input] as const;
    const step = machine(...opened, now, self);
    return {
      state: sealTexts(step.state, fields, { actor: self, known }) as State,
      effects: step.effects.map((effect) => sealedEffect(effect, fields, { self, known })),
    };
  };

/**
 * A topology that keeps the texts of some fields sealed wherever they stand: in states, inputs, calls and
 * records. Its machine knows nothing of it: it has them in clear, and an empty text where one was erased.
 * What an earlier release has stored or written in clear is sealed when it is next touched.
 */
export const sealTopology = <State, Input, Call extends AnyCall>(
  topology: Topology<State, Input, Call>,
  fields: SealedFields,
): Topology<State, Input, Call> => ({
  ...topology,
  machine: sealedMachine(topology.machine, fields),
  sealed: ["user"],
  sources: topology.sources.map((source) => ({
    ...source,
    map: (value, origin) => {
      const addressed = source.map(fromRecord(value, fields), origin);
      if (!addressed) return undefined;
      const { to, input } = addressed;
      return { to, input: sealTexts(input, fields, { actor: to, known: new KnownSealed() }) as Input };
    },
  })),
});

/** Handlers of such a topology: they get orders in clear, and their outcomes are sealed. */
export const sealHandlers = <Call extends AnyCall, Input>(
  handlers: Handlers<Call, Input>,
  fields: SealedFields,
): Handlers<Call, Input> =>
  Object.fromEntries(
    Object.entries(handlers).map(([kind, handler]) => [
      kind,
      async (order: Call, context: CallContext): Promise<Input> => {
        const known = new KnownSealed();
        const carryOut = handler as (order: Call, context: CallContext) => Promise<Input>;
        const outcome = await carryOut(openTexts(order, known) as Call, context);
        return sealTexts(outcome, fields, { actor: context.actor, known }) as Input;
      },
    ]),
  ) as unknown as Handlers<Call, Input>;
