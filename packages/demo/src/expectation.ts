import type { DemoOrganisation } from "./organisation.ts";
import type { Play } from "./play.ts";
import type { Stage } from "./stage.ts";

/** One thing that had to be true, and whether it was. */
export interface Expectation {
  readonly name: string;
  readonly checked: number;
  /** Whom or what it did not hold for, and how. */
  readonly broken: readonly string[];
}

/** A day that is over. */
export interface Ended {
  readonly stage: Stage;
  readonly organisation: DemoOrganisation;
  readonly play: Play;
  /** Calls that the kill may have cut off before their outcome was durable; 0 without a kill. */
  readonly cutOffCalls: number;
}
