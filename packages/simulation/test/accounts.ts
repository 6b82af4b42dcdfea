import { type ActorId, actorIdOf, instant, partitionOf } from "@hybrid/kernel";
import type { BankOrder, Stage, Violation } from "../src/index.ts";

export const partitions = 4;

const all = Array.from({ length: 60 }, (_, n) => actorIdOf(`acme/u-${n + 1}`));
const home = partitionOf(all[0]!, partitions);

/** Two accounts of one partition, and one of another. */
export const alice = all[0]!;
export const bob = all.slice(1).find((id) => partitionOf(id, partitions) === home)!;
export const carol = all.find((id) => partitionOf(id, partitions) !== home)!;

/** A little of everything that the runtime can do, poison in the middle. */
export const work: readonly (readonly [ActorId, BankOrder])[] = [
  [alice, { kind: "deposit", id: "a1", cents: 500 }],
  [alice, { kind: "pay", id: "a2", cents: 5 }],
  [bob, { kind: "transfer", id: "b1", to: alice, cents: 20 }],
  [carol, { kind: "remind", id: "c1", inMs: 60_000 }],
  [alice, { kind: "spread", id: "a6", to: [bob, carol, carol], cents: 3, padding: "" }],
  [bob, { kind: "break", id: "b2" }],
  [alice, { kind: "statement", id: "a3" }],
  [bob, { kind: "notice", id: "b3" }],
  [carol, { kind: "pay", id: "c2", cents: 7 }],
  [carol, { kind: "look", id: "c3" }],
  [carol, { kind: "notice", id: "c4" }],
  [alice, { kind: "audit", id: "a4" }],
  [carol, { kind: "brittle", id: "c5", from: instant(0) }],
  [alice, { kind: "deposit", id: "a5", cents: 1 }],
];

/** Publishes the work one by one, with a rate and garbage on the way. */
export const publishWork = async (stage: Stage): Promise<void> => {
  for (const [index, one] of work.entries()) {
    await stage.order(one);
    if (index === 5) await stage.announceRate("rate");
    if (index === 7) await stage.garbage(alice, Uint8Array.of(1, 2, 3));
  }
};

export const kindsOf = (violations: readonly Violation[]): readonly string[] =>
  [...new Set(violations.map(({ kind }) => kind))].sort();
