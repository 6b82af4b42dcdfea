import type { Random } from "@hybrid/kernel";

/** Something that is done to the system in a random life. */
export type Deed =
  | "produce"
  | "join"
  | "leave"
  | "kill"
  | "killAt"
  | "freeze"
  | "freezeAt"
  | "thaw"
  | "failCommits"
  | "hangCommits"
  | "bounce"
  | "heap"
  | "damageReads"
  | "storm"
  | "jumpClock"
  | "wrongClock"
  | "retain"
  | "passTime"
  | "badWorld"
  | "operate";

/** What is done next, by weight. */
export const deeds: readonly (readonly [Deed, number])[] = [
  ["produce", 36],
  ["passTime", 18],
  ["join", 10],
  ["leave", 4],
  ["kill", 4],
  ["killAt", 8],
  ["freeze", 3],
  ["freezeAt", 5],
  ["thaw", 5],
  ["failCommits", 4],
  ["hangCommits", 3],
  ["bounce", 3],
  ["heap", 2],
  ["damageReads", 3],
  ["storm", 2],
  ["jumpClock", 2],
  ["wrongClock", 3],
  ["retain", 3],
  ["badWorld", 4],
  ["operate", 6],
];

/** Draws what is done next. */
export const weighted = (random: Random): Deed => {
  const total = deeds.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [deed, weight] of deeds) {
    left -= weight;
    if (left < 0) return deed;
  }
  return "produce";
};
