import type { Known } from "#domain/list-state";

const isList = (old: unknown): old is { readonly known: Known } =>
  typeof old === "object" && old !== null && "known" in old;

/**
 * Records of version 1 have subjects and organisers in clear. A digest that no meeting has makes the next
 * reading, a day later at most, write each of them again.
 */
export const withRecordsToSeal = (old: unknown): unknown =>
  isList(old) ? { ...old, known: Object.fromEntries(Object.keys(old.known).map((id) => [id, ""])) } : old;

const isRoom = (old: unknown): old is { readonly told: unknown } =>
  typeof old === "object" && old !== null && "told" in old;

/** The same of a room: what was told of it in clear is told again with whatever comes next. */
export const withStatusToSeal = (old: unknown): unknown => (isRoom(old) ? { ...old, told: null } : old);

type Fields = Readonly<Record<string, unknown>>;

/** Version 2 did not know when a change was told: of what it stored that is not measured. */
export const withChangeTimes = (old: unknown): unknown => {
  const state = old as Fields;
  if (state["kind"] === "room") return { ...state, changedAt: null };
  if (state["kind"] !== "active") return state;
  const round = state["round"] as Fields | null;
  return { ...state, changedAt: null, round: round && { ...round, changedAt: null } };
};

/** The same of calls that have no outcome yet. */
export const withChangeTime = (old: unknown): unknown => ({ ...(old as Fields), changedAt: null });

/** Orders of version 3 did not say what is known: all that is read is told. */
export const withNothingKnown = (old: unknown): unknown => ({ ...(old as Fields), known: [] });

/** So did its outcomes. */
export const withNothingUnchanged = (old: unknown): unknown => {
  const input = old as Fields;
  return input["kind"] === "pageRead" ? { ...input, unchanged: [] } : withKnownOrder(input);
};

const withKnownOrder = (input: Fields): Fields =>
  input["kind"] === "callFailed" ? { ...input, order: withNothingKnown(input["order"]) } : input;

/** States of version 3 are as they were. */
export const unchangedState = (old: unknown): unknown => old;
