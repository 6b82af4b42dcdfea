import type {
  ActorId,
  CallContext,
  Effect,
  Handlers,
  Machine,
  PastSealing,
  SealScope,
  Topology,
} from "@hybrid/kernel";
import { pastSealing } from "./past-sealing.ts";
import { KnownSealed, openTexts } from "./sealed-fields.ts";
import { asRecord, ofRecord, sealed, type WhoseTexts } from "./whose-texts.ts";

type AnyCall = { readonly kind: string };

const sealedEffect = <Input, Call>(
  effect: Effect<Input, Call>,
  texts: WhoseTexts,
  { self, known }: { readonly self: ActorId; readonly known: KnownSealed },
): Effect<Input, Call> => {
  const seal = <Value>(value: Value, actor: ActorId): Value =>
    sealed(value, texts, { actor, known }) as Value;
  switch (effect.kind) {
    case "call":
      return { ...effect, call: seal(effect.call, self) };
    case "emit":
      return { ...effect, value: asRecord(seal(effect.value, effect.key), texts) as typeof effect.value };
    case "tell":
    case "post":
      return { ...effect, input: seal(effect.input, effect.to) };
  }
};

const sealedMachine =
  <State, Input, Call>(
    machine: Machine<State, Input, Call>,
    texts: WhoseTexts,
  ): Machine<State, Input, Call> =>
  (state, input, now, self) => {
    const known = new KnownSealed();
    const opened = [openTexts(state, known) as State, openTexts(input, known) as Input] as const;
    const step = machine(...opened, now, self);
    return {
      state: sealed(step.state, texts, { actor: self, known }) as State,
      effects: step.effects.map((effect) => sealedEffect(effect, texts, { self, known })),
    };
  };

/**
 * A topology that keeps some fields sealed wherever they stand: in states, inputs, calls and records. Its
 * machine knows nothing of it: it has them in clear, and nothing in them where they were erased. Its sources
 * have records closed: what was sealed together is passed on with the whole object that it is in. What an
 * earlier release has stored or written in clear is sealed before its partition runs. `scopes`: whose the
 * fields may be; users' when left out. `past`: see {@link PastSealing}.
 */
export const sealTopology = <State, Input, Call extends AnyCall>(
  topology: Topology<State, Input, Call>,
  texts: WhoseTexts,
  scopes: readonly SealScope[] = ["user"],
  past: Partial<Pick<PastSealing, "version" | "writerOf">> = {},
): Topology<State, Input, Call> => ({
  ...topology,
  past: pastSealing(texts, past),
  machine: sealedMachine(topology.machine, texts),
  sealed: scopes,
  sources: topology.sources.map((source) => ({
    ...source,
    map: (value, origin) => {
      const addressed = source.map(ofRecord(value, texts), origin);
      if (!addressed) return undefined;
      const { to, input } = addressed;
      return { to, input: sealed(input, texts, { actor: to, known: new KnownSealed() }) as Input };
    },
  })),
});

/** Handlers of such a topology: they get orders in clear, and their outcomes are sealed. */
export const sealHandlers = <Call extends AnyCall, Input>(
  handlers: Handlers<Call, Input>,
  texts: WhoseTexts,
): Handlers<Call, Input> =>
  Object.fromEntries(
    Object.entries(handlers).map(([kind, handler]) => [
      kind,
      async (order: Call, context: CallContext): Promise<Input> => {
        const known = new KnownSealed();
        const carryOut = handler as (order: Call, context: CallContext) => Promise<Input>;
        const outcome = await carryOut(openTexts(order, known) as Call, context);
        return sealed(outcome, texts, { actor: context.actor, known }) as Input;
      },
    ]),
  ) as unknown as Handlers<Call, Input>;
