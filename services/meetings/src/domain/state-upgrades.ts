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
