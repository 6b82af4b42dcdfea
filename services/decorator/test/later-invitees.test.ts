import { expect, test } from "vitest";
import { additionsTo } from "#domain/later-invitees";

const people = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, nth) => `p${from + nth}@acme.example`);

test("everybody is added to a new space, later ones once, whatever the case of their address", () => {
  const first = additionsTo(people(3), "");
  expect(first).toMatchObject({ add: people(3), leftOut: 0 });
  expect(additionsTo(["P0@ACME.example", ...people(2, 1)], first.invited)).toEqual({ ...first, add: [] });
  const second = additionsTo(people(4), first.invited);
  expect(second.add).toEqual(["p3@acme.example"]);
  expect(additionsTo(people(4), second.invited)).toEqual({ ...second, add: [] });
});

test("who is invited no more stays, and is not added again on coming back", () => {
  const { invited } = additionsTo(people(3), "");
  const without = additionsTo(people(2), invited);
  expect(without).toEqual({ add: [], leftOut: 0, invited });
  expect(additionsTo(people(3), without.invited).add).toEqual([]);
});

test("a space takes 59 invitees, those of before among them; the rest is counted", () => {
  const { invited } = additionsTo(people(58), "");
  const full = additionsTo(people(61), invited);
  expect(full).toMatchObject({ add: ["p58@acme.example"], leftOut: 2 });
  expect(additionsTo(people(61), full.invited)).toMatchObject({ add: [], leftOut: 2 });
  // That somebody is no longer invited makes no place: nobody is taken out of the space.
  expect(additionsTo(people(10, 55), full.invited)).toMatchObject({ add: [], leftOut: 6 });
});

test("where nobody remembers who was added, nobody is: who left would be brought back", () => {
  const { add, invited } = additionsTo(people(3), null);
  expect(add).toEqual([]);
  expect(additionsTo(people(4), invited).add).toEqual(["p3@acme.example"]);
});
