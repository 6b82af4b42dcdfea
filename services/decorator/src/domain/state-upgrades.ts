type Fields = Readonly<Record<string, unknown>>;

/** Version 1 counted no pages, kept no names of events and told nobody of trouble. */
export const withReads = (old: unknown): unknown => {
  const state = old as Fields;
  if (state["kind"] !== "active") return state;
  const round = state["round"] as Fields | null;
  const hold = state["hold"] as Fields | null;
  return {
    ...state,
    round: round && { ...round, pages: 0, covers: [] },
    hold: hold?.["kind"] === "retry" ? { ...hold, of: "all" } : hold,
    named: [],
    reads: { from: 0, count: 0 },
    trouble: null,
  };
};

/**
 * Version 2 knew no meetings, no fights and nobody who was told; nothing of them is nothing. Version 3 had
 * the address in clear, which is sealed when the actor is next touched. Version 4 did not remember who was
 * added to a space.
 */
export const asItIs = (old: unknown): unknown => old;
