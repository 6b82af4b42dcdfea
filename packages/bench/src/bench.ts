/** What a figure should reach. */
export type Goal =
  | { readonly kind: "atLeast"; readonly value: number }
  | { readonly kind: "atMost"; readonly value: number };

/** One number that a bench finds out. */
export interface FigureSpec {
  /** Kebab-case, starts with the bench's name. */
  readonly name: string;
  /** One word without spaces, for example `inputs/s`. */
  readonly unit: string;
  /** Null for a figure that only explains another one. */
  readonly goal: Goal | null;
  /** What it says, one sentence. */
  readonly meaning: string;
}

/** What a stage of a bench works with. */
export interface Stage {
  /** Empty at first, shared by the stages of one bench, removed afterwards. */
  readonly folder: string;
  /** Turns a full size into the size asked for: at least `least`. */
  readonly sized: (full: number, least: number) => number;
  /** Rounds that are measured within one process, after one that is not. */
  readonly rounds: number;
  /** Seconds that a round of a load lasts. */
  readonly roundSeconds: number;
  /** Reports one measurement of a figure; the figure is the median of all of them. */
  readonly sample: (figure: string, value: number) => void;
  /** Tells the person who waits. */
  readonly say: (text: string) => void;
}

/** A benchmark; every stage runs in a process of its own, so that memory figures are clean. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  readonly figures: readonly FigureSpec[];
  /** How many processes measure, one after another; at most as many as rounds are asked for. */
  readonly processes: number;
  /** Fills the folder with what is needed; not measured. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  readonly measure: (stage: Stage) => Promise<void>;
}
