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
      {
        file: `${runtime}/step/staged-actor.ts`,
        find: "slot === undefined ? newActor(frame, seqBase)",
        replace: "slot === undefined ? newActor(frame, 0)",
      },
    ],
    kinds: ["callIdReused"],
  },
  {
    name: "gives what a call comes to to the owner that started it, not to the partition's present one",
    sources: [
      {
        file: `${runtime}/calls/call-runner.ts`,
        find: "task.owner = owner;\n      adopted.add(task.callId);",
        replace: "adopted.add(task.callId);",
      },
    ],
    kinds: ["lostCall"],
  },
  {
    name: "stops a partition for good at the first damaged reading",
    sources: [
      {
        file: `${runtime}/partition/trouble.ts`,
        find: "stop: times >= damageReadsMax",
        replace: "stop: true",
      },
    ],
    kinds: ["stuck"],
  },
  {
    name: "lets the partition fail when a service's code does something wrong",
    sources: [
      {
        file: `${runtime}/step/poison.ts`,
        find: "thrown instanceof PoisonError ? thrown : new PoisonError(poison, message, { cause: thrown });",
        replace: "thrown;",
      },
    ],
    kinds: ["stuck"],
  },
  {
    name: "makes a refused commit again as large as it was",
    sources: [
      {
        file: `${runtime}/partition/commit-bound.ts`,
        find: "if (isTooMuch(error)) this.#refused(bytes, clock.now());",
        replace: "",
      },
    ],
    kinds: ["stuck"],
  },
  {
    name: "lets the first organisation have every slot",
    sources: [
      {
        file: `${runtime}/calls/call-turns.ts`,
        find: "    const share = this.#share();",
        replace:
          "    if (this.#inFlight < this.#slots) return this.#waiting.keys().next().value; else return undefined;",
      },
      {
        file: `${runtime}/calls/call-turns.ts`,
        find: "    this.#waiting.delete(org);\n    this.#waiting.set(org, owners);\n    owners.delete",
        replace: "    owners.delete",
      },
    ],
    kinds: ["starved"],
  },
  {
    name: "takes the offset behind a record for the place where reading goes on",
    sources: [
      {
        file: `${runtime}/partition/partition-loop.ts`,
        find: "sources[record.topic] = nextOffsetOf(record);",
        replace: "sources[record.topic] = record.offset + 1;",
      },
    ],
    kinds: ["stuck"],
  },
  {
    name: "keeps partitions whose states only a newer release can read",
    sources: [
      {
        file: `${runtime}/partition/partition-host.ts`,
        find: "if ((await this.#decline(error)) || !(await this.#recover(error))) break;",
        replace: "if (!(await this.#recover(error))) break;",
      },
    ],
    kinds: ["stuck"],
  },
  {
    name: "posts to the sender's own partition, whatever the address",
    sources: [
      {
        file: `${runtime}/step/effects.ts`,
        find: "return { topic: post.name, partition, key: to",
        replace: "return { topic: post.name, partition: place.partition, key: to",
      },
    ],
    kinds: ["outputMissing"],
  },
  {
    name: "gives the next step the number of a page of the one before",
    sources: [
      {
        file: `${runtime}/step/overlay.ts`,
        find: "const last = seq + records.length - 1;",
        replace: "const last = seq;",
      },
    ],
    kinds: ["replayDiffers"],
  },
  {
    name: "writes the first page alone of a step that orders much",
    sources: [
      {
        file: `${runtime}/step/overlay.ts`,
        find: "this.#append(to, records, last);",
        replace: "this.#append(to, records.slice(0, 1), last);",
      },
    ],
    kinds: ["replayDiffers"],
  },
  {
    name: "trusts every clock, and leaves a journal alone whose time lies ahead",
    sources: [
      {
        file: `${runtime}/partition/clock-check.ts`,
        find: "if (Math.abs(aheadMs) <= this.#frame.limits.clockSkewMsMax) return;",
        replace: "if (Math.abs(aheadMs) >= 0) return;",
      },
      {
        file: `${runtime}/partition/clock-check.ts`,
        find: "if (aheadMs > limits.clockSkewMsMax)",
        replace: "if (aheadMs > Number.MAX_VALUE)",
      },
      {
        file: `${runtime}/partition/clock-check.ts`,
        find: "if (!position || from - to <= frame.limits.clockSkewMsMax) return restored;",
        replace: "if (from >= 0) return restored;",
      },
    ],
    kinds: ["stuck"],
  },
];
