import type { ViolationKind } from "../../src/index.ts";
import type { PlantedSource } from "./plant.ts";

const runtime = "packages/runtime/src";

/** A fault that the core once had, put back into its source. */
export interface PlantedBug {
  /** What is wrong with such a core; continues "a core that ...". */
  readonly name: string;
  readonly sources: readonly PlantedSource[];
  /** What the checker may call it. */
  readonly kinds: readonly ViolationKind[];
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "counts the steps of a new life from the beginning",
    sources: [
      { file: `${runtime}/partition-loop.ts`, find: "this.#seqBase = batch.seqMax;", replace: "" },
      {
        file: `${runtime}/partition-loop.ts`,
        find: "this.#seqBase = restored.seqMax;",
        replace: "this.#seqBase = 0;",
      },
    ],
    kinds: ["callIdReused"],
  },
  {
    name: "takes a partition's number for its owner when waiting calls are withdrawn",
    sources: [
      {
        file: `${runtime}/call-runner.ts`,
        find: "(task: Task): boolean => task.owner === owner &&",
        replace: "(task: Task): boolean => task.owner?.partition === owner.partition &&",
      },
    ],
    kinds: ["lostCall"],
  },
];
