import { type ActorId, actorIdOf, days, hours, orgIdOf, type Random } from "@hybrid/kernel";
import type { OddStep } from "./bank/topics.ts";
import type { WorkerPhase } from "./worker.ts";

/** Where a worker may die or fall asleep. */
export const phases: readonly WorkerPhase[] = [
  "beforeDecode",
  "afterStep",
  "beforeAppend",
  "duringAppend",
  "afterAppend",
  "beforeCall",
  "afterCall",
  "beforeOutcome",
];

/** Organisations that have accounts. */
export const organisations = ["acme", "globex", "initech"].map(orgIdOf);

/** Six accounts of the first organisation, two of each other. */
export const accounts: readonly ActorId[] = organisations.flatMap((org, place) =>
  Array.from({ length: place === 0 ? 6 : 2 }, (_, n) => actorIdOf(`${org}/u-${n + 1}`)),
);

/** All that a machine may give instead of a step. */
export const oddSteps: readonly OddStep[] = [
  "nothing",
  "noEffects",
  "unknownEffect",
  "badKey",
  "noJson",
  "badTimer",
];

/** How far a wrong clock may be off, in milliseconds: from what nobody minds to what must do no harm. */
export const wrongClocksMs: readonly number[] = [800, -800, hours(3), -hours(3), days(365), -days(365)];

/** One of them, by chance. */
export const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
};
