import fc from "fast-check";
import { expect, test } from "vitest";
import {
  afterChange,
  afterLook,
  type MemberChange,
  participantsAt,
  type Stay,
} from "../src/domain/members.ts";

const nobody = { personId: "x", email: null };
const change = (
  kind: MemberChange["kind"],
  personId: string,
  at: number,
  since: number | null = null,
): MemberChange => ({
  kind,
  personId,
  email: `${personId}@acme.example`,
  at,
  since,
});

const idsAt = (stays: readonly Stay[], at: number): readonly string[] =>
  participantsAt(stays, at, nobody).map(({ personId }) => personId);

test("who joined is there from then on, who left is not, and who came back is again", () => {
  const stays = [change("joined", "a", 10), change("left", "a", 20), change("joined", "a", 30)].reduce<
    readonly Stay[]
  >(afterChange, []);
  expect([9, 10, 19, 20, 29, 30].map((at) => idsAt(stays, at).length)).toEqual([0, 1, 1, 0, 0, 1]);
});

test("somebody whose leaving alone is told was there before", () => {
  expect(idsAt(afterChange([], change("left", "a", 20)), 5)).toEqual(["a"]);
  expect(idsAt(afterChange([], change("left", "a", 20, 10)), 5)).toEqual([]);
});

test("the author was there, whatever is known", () => {
  expect(participantsAt([], 5, { personId: "a", email: "a@acme.example" })).toEqual([
    { personId: "a", email: "a@acme.example" },
  ]);
});

interface Life {
  readonly person: string;
  readonly times: readonly number[];
}

const lives = fc.array(
  fc.record({
    person: fc.constantFrom("a", "b", "c"),
    times: fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 6 }),
  }),
  { maxLength: 3 },
);

const changesOf = ({ person, times }: Life): readonly MemberChange[] => {
  const ordered = [...times].sort((a, b) => a - b);
  return ordered.map((at, index) =>
    index % 2 === 0 ? change("joined", person, at) : change("left", person, at, ordered[index - 1] ?? null),
  );
};

test("property: the order of telling and telling twice change nothing, nor does a look at the end", () => {
  fc.assert(
    fc.property(
      lives.map((all) => [...new Map(all.map((life) => [life.person, life])).values()]),
      fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 })),
      fc.integer({ min: 0, max: 1_100 }),
      (all, keys, at) => {
        const changes = all.flatMap(changesOf);
        const shuffled = [...changes, ...changes.slice(0, 3)]
          .map((each) => ({ each, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const truth = all
          .filter(({ times }) => times.filter((time) => time <= at).length % 2 === 1)
          .map(({ person }) => person)
          .sort();
        const told = shuffled.reduce<readonly Stay[]>(afterChange, []);
        const present = all.flatMap(({ person, times }) =>
          times.length % 2 === 1
            ? [{ personId: person, email: `${person}@acme.example`, since: Math.max(...times) }]
            : [],
        );
        expect(idsAt(told, at)).toEqual(truth);
        expect(idsAt(afterLook(told, present), at)).toEqual(truth);
        expect(idsAt(shuffled.reduce(afterChange, afterLook([], present)), at)).toEqual(truth);
      },
    ),
  );
});
