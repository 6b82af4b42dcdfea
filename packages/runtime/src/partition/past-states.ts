import type { Parked } from "@hybrid/contracts";
import { type ActorId, DecodeError, type PastSealing } from "@hybrid/kernel";
import { type KeySession, openValue, sealValue, withKeys } from "@hybrid/sealing";
import type { ServiceFrame } from "../frame.ts";
import { readActor } from "../step/staged-actor.ts";
import { encodeActor, type LoadedActor } from "../store/actor-codec.ts";
import type { ActorStore } from "../store/actor-store.ts";
import { breathe } from "./wake.ts";

/** Actors that are looked at before other work gets its turn: about 10 ms. */
const sliceSize = 1_000;
/** Actors that are sealed together: their keys are asked for at once. */
export const togetherMax = 400;

/** A value that an actor has stored, and how it goes back. */
interface Part {
  readonly owner: ActorId;
  readonly value: unknown;
}

const parsed = (owner: ActorId, json: string): Part => ({ owner, value: JSON.parse(json) as unknown });

/** A timer that waits with a parked actor has no text. */
const payloadsOf = (parked: Parked | null): readonly string[] =>
  (parked?.inputs ?? []).filter(({ form }) => form !== "timer").map(({ payload }) => payload);

const partsOf = (id: ActorId, { stateJson, pending, parked }: LoadedActor): readonly Part[] =>
  [stateJson, ...pending.map(({ call }) => call), ...payloadsOf(parked)].map((json) => parsed(id, json));

/** The actor with its parts replaced, in the order of {@link partsOf}. */
const withParts = (actor: LoadedActor, parts: readonly string[]): LoadedActor => {
  const rest = [...parts];
  const next = (): string => rest.shift() ?? "null";
  const stateJson = next();
  const pending = actor.pending.map((each) => ({ ...each, call: next() }));
  const inputs = actor.parked?.inputs.map((each) =>
    each.form === "timer" ? each : { ...each, payload: next() },
  );
  return { ...actor, stateJson, pending, parked: actor.parked && { ...actor.parked, inputs: inputs ?? [] } };
};

/** An actor that has something in clear, or is stored as an earlier release had it. */
export interface PastActor {
  readonly slot: number;
  readonly id: ActorId;
}

/**
 * The actors to be rewritten: which have a text in clear, and which are stored in an earlier version, where
 * there may be one that today's reading leaves out.
 */
export const pastActors = async (
  frame: ServiceFrame,
  past: PastSealing,
  store: ActorStore,
): Promise<readonly PastActor[]> => {
  const { stateVersion } = frame.topology;
  const found: PastActor[] = [];
  for (let slot = 0; slot < store.slotsEnd; slot++) {
    if (slot % sliceSize === sliceSize - 1) await breathe();
    const id = store.idAt(slot);
    if (id === undefined) continue;
    const plain = store.read(slot, frame.readPlain);
    const stored = plain ?? frame.checkpoint.decode(store.get(id) ?? new Uint8Array(), frame.schemas);
    const isOld = stored.stateVersion !== stateVersion;
    const hasClear = (): boolean =>
      partsOf(id, readActor(frame, store, { id, slot })).some(
        ({ owner, value }) => past.stored(value, owner) !== undefined,
      );
    if (isOld || hasClear()) found.push({ slot, id });
  }
  return found;
};

/** The parts as JSON with every text sealed. Rejects with DecodeError for a box that is damaged. */
const sealedParts = async (
  { topology }: ServiceFrame,
  past: PastSealing,
  { session, parts }: { readonly session: KeySession; readonly parts: readonly Part[] },
): Promise<readonly string[]> => {
  const values = parts.map(({ value }) => value);
  const opened = (await withKeys(session, () => openValue(values, session))) as readonly unknown[];
  const made = parts.map(({ owner }, n) => past.stored(opened[n], owner) ?? opened[n]);
  const closed = await withKeys(session, () => sealValue(made, session, topology.sealed));
  return (closed as readonly unknown[]).map((value) => JSON.stringify(value));
};

/** Actors as they are to be stored, and how many could not be read: those stay unchanged. */
export interface ResealedActors {
  readonly records: readonly (PastActor & { readonly value: Uint8Array | null })[];
  readonly unreadable: number;
}

/** Seals a few actors; where a box of one is damaged, each by itself. Rejects with KeysUnavailableError. */
export const resealedActors = async (
  place: { readonly frame: ServiceFrame; readonly store: ActorStore; readonly at: number },
  past: PastSealing,
  actors: readonly PastActor[],
): Promise<ResealedActors> => {
  const { frame, store, at } = place;
  const session = frame.keys?.session();
  if (!session) return { records: [], unreadable: actors.length };
  const readable = actors
    .map((each) => ({ ...each, actor: readActor(frame, store, each) }))
    .filter(({ actor }) => actor.fault === null);
  const parts = readable.map(({ id, actor }) => partsOf(id, actor));
  try {
    const sealed = [...(await sealedParts(frame, past, { session, parts: parts.flat() }))];
    const records = readable.map(({ slot, id, actor }, n) => {
      const own = sealed.splice(0, parts[n]?.length ?? 0);
      return { slot, id, value: encodeActor(frame, withParts(actor, own), at) };
    });
    return { records, unreadable: actors.length - readable.length };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (actors.length === 1) return { records: [], unreadable: 1 };
  }
  const records: (PastActor & { readonly value: Uint8Array | null })[] = [];
  let unreadable = 0;
  for (const actor of actors) {
    const one = await resealedActors(place, past, [actor]);
    records.push(...one.records);
    unreadable += one.unreadable;
  }
  return { records, unreadable };
};
