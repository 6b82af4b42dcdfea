import fc from "fast-check";
import { expect, test } from "vitest";
import { type Assignment, type Claimant, type GroupClaims, plan } from "../../src/kafka/group/assignment.ts";

const claimant = (
  memberId: string,
  claims: Readonly<Record<number, number>> = {},
  life: Claimant["life"] = null,
): Claimant => ({
  memberId,
  claims: new Map(Object.entries(claims).map(([partition, generation]) => [Number(partition), generation])),
  life,
  version: 0,
  needs: new Map(),
});

const plain = (assignment: Assignment) => Object.fromEntries(assignment);

const planned = (group: GroupClaims) => plain(plan(group).assignment);

const scene = fc
  .record({
    partitions: fc.integer({ min: 1, max: 40 }),
    count: fc.integer({ min: 1, max: 7 }),
    claims: fc.array(
      fc.record({ by: fc.nat(), partition: fc.integer({ min: 0, max: 45 }), generation: fc.nat(9) }),
      { maxLength: 80 },
    ),
  })
  .map(({ partitions, count, claims }) => {
    const members = Array.from({ length: count }, (_, index) => ({
      ...claimant(`m-${index}`),
      claims: new Map<number, number>(),
    }));
    for (const { by, partition, generation } of claims)
      members[by % count]!.claims.set(partition, generation);
    return { partitions, members };
  });

/** What the members claim after a generation: all of what they were given, and nothing else. */
const nextMembers = (members: readonly Claimant[], assignment: Assignment, generation: number) =>
  members.map((member) => ({
    ...member,
    claims: new Map((assignment.get(member.memberId) ?? []).map((partition) => [partition, generation])),
  }));

const listed = (assignment: Assignment): readonly number[] => [...assignment.values()].flat();

test("no partition is given twice, nor to anybody while another member's claim counts", () => {
  fc.assert(
    fc.property(scene, ({ partitions, members }) => {
      const { assignment, target, moving } = plan({ partitions, members });
      const given = listed(assignment);
      expect(new Set(given).size).toBe(given.length);
      expect([...given, ...moving].sort((a, b) => a - b)).toEqual(
        Array.from({ length: partitions }, (_, partition) => partition),
      );
      for (const [memberId, list] of assignment)
        for (const partition of list) {
          const highest = Math.max(...members.map(({ claims }) => claims.get(partition) ?? -1));
          const holders = members.filter(({ claims }) => claims.get(partition) === highest);
          expect(highest < 0 || holders.some((each) => each.memberId === memberId)).toBe(true);
          expect(target.get(memberId)).toContain(partition);
        }
    }),
  );
});

test("one generation later everything is given, balanced within one, and then nothing moves any more", () => {
  fc.assert(
    fc.property(scene, ({ partitions, members }) => {
      const { assignment, target } = plan({ partitions, members });
      const second = plan({ partitions, members: nextMembers(members, assignment, 10) });
      expect(second.moving).toEqual([]);
      expect(listed(second.assignment)).toHaveLength(partitions);
      const sizesOf = (shared: Assignment) =>
        [...shared.values()].map((list) => list.length).sort((a, b) => a - b);
      const sizes = sizesOf(second.assignment);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(sizes).toEqual(sizesOf(target));
      const third = plan({ partitions, members: nextMembers(members, second.assignment, 11) });
      expect(third.assignment).toEqual(second.assignment);
      expect(third.moving).toEqual([]);
    }),
  );
});

test("no balanced assignment would leave more partitions where they are", () => {
  fc.assert(
    fc.property(scene, ({ partitions, members }) => {
      const { assignment, moving } = plan({ partitions, members });
      const owned = new Map<string, number>();
      const claimed = new Set<number>();
      for (let partition = 0; partition < partitions; partition++) {
        const highest = Math.max(...members.map(({ claims }) => claims.get(partition) ?? -1));
        const owner = members.find(({ claims }) => claims.get(partition) === highest);
        if (highest < 0 || !owner) continue;
        claimed.add(partition);
        owned.set(owner.memberId, (owned.get(owner.memberId) ?? 0) + 1);
      }
      const share = Math.floor(partitions / members.length);
      const larger = partitions % members.length;
      const most = members
        .map(({ memberId }) => owned.get(memberId) ?? 0)
        .sort((a, b) => b - a)
        .map((size, index) => Math.min(size, share + (index < larger ? 1 : 0)))
        .reduce((sum, size) => sum + size, 0);
      expect(claimed.size - moving.length).toBe(most);
      expect(listed(assignment).length).toBe(partitions - moving.length);
    }),
  );
});

test("the order of the members does not matter", () => {
  fc.assert(
    fc.property(
      scene.chain(({ partitions, members }) =>
        fc.record({
          partitions: fc.constant(partitions),
          members: fc.constant(members),
          mixed: fc.shuffledSubarray([...members], { minLength: members.length }),
        }),
      ),
      ({ partitions, members, mixed }) => {
        expect(planned({ partitions, members: mixed })).toEqual(planned({ partitions, members }));
      },
    ),
  );
});

test("of two claims the one of the higher generation counts", () => {
  const members = [claimant("a", { 0: 5, 1: 5 }), claimant("b", { 1: 7 })];
  expect(planned({ partitions: 2, members })).toEqual({ a: [0], b: [1] });
});

test("a partition that moves is given to nobody while its owner claims it", () => {
  const members = [claimant("a", { 0: 3, 1: 3, 2: 3, 3: 3 }), claimant("b")];
  const { assignment, target, moving } = plan({ partitions: 4, members });
  expect(plain(assignment)).toEqual({ a: [0, 1], b: [] });
  expect(plain(target)).toEqual({ a: [0, 1], b: [2, 3] });
  expect(moving).toEqual([2, 3]);
});

test("a worker's earlier attempt to join that nobody answers for gets nothing and claims nothing", () => {
  const members = [
    claimant("a-ghost", { 0: 3, 1: 3 }, { instance: "one", attempt: 1 }),
    claimant("b", { 0: 3, 1: 3 }, { instance: "one", attempt: 2 }),
    claimant("c", {}, { instance: "two", attempt: 1 }),
  ];
  expect(plain(plan({ partitions: 2, members }).assignment)).toEqual({ "a-ghost": [], b: [0], c: [] });
});

test("a group without members gives nothing to anybody", () => {
  expect(plan({ partitions: 3, members: [] })).toEqual({
    assignment: new Map(),
    target: new Map(),
    moving: [],
    needs: new Map(),
    newest: 0,
  });
});
