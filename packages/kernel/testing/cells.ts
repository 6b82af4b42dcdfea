/** One state with one input: how the state is reached, what happens, and what comes of it in words. */
export interface Cell<Subject, Happening> {
  readonly state: string;
  readonly input: string;
  readonly open: () => Subject;
  readonly happen: Happening;
  readonly expected: string;
}

/** Rows by state, columns by input; an input that a row leaves out is ignored in that state. */
export type CellTable = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Every state with every input, in the order of the states; what the table leaves out is to be ignored. */
export const cellsOf = <Subject, Happening>(
  states: Readonly<Record<string, () => Subject>>,
  inputs: Readonly<Record<string, Happening>>,
  table: CellTable,
): readonly Cell<Subject, Happening>[] =>
  Object.entries(states).flatMap(([state, open]) =>
    Object.entries(inputs).map(([input, happen]) => ({
      state,
      input,
      open,
      happen,
      expected: table[state]?.[input] ?? "ignores it",
    })),
  );
