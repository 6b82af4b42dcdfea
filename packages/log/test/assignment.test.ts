import fc from "fast-check";
import { expect, test } from "vitest";
import { assign } from "../src/assignment.ts";

const sizes = (members: readonly string[], owners: ReadonlyMap<number, string>): number[] =>
  members.map((member) => [...owners.values()].filter((owner) => owner === member).length);

const scene = fc.record({
  count: fc.integer({ min: 1, max: 60 }),
  members: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 }),
  before: fc.array(fc.constantFrom("a", "b", "c", "d", "e", undefined), { minLength: 60, maxLength: 60 }),
});

test("every partition has exactly one owner, and no member has two more than another", () => {
  fc.assert(
    fc.property(scene, ({ count, members, before }) => {
      const current = new Map(
        before.slice(0, count).flatMap((owner, index) => (owner ? [[index, owner]] : [])) as [
          number,
          string,
        ][],
      );
      const owners = assign(count, members, current);
      expect([...owners.keys()].sort((a, b) => a - b)).toEqual(
        Array.from({ length: count }, (_, index) => index),
      );
      const shares = sizes(members, owners);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
  );
});

test("no fair assignment would move fewer partitions", () => {
  fc.assert(
    fc.property(scene, ({ count, members, before }) => {
      const current = new Map(
        before.slice(0, count).flatMap((owner, index) => (owner ? [[index, owner]] : [])) as [
          number,
          string,
        ][],
      );
      const owners = assign(count, members, current);
      const kept = [...owners].filter(([partition, owner]) => current.get(partition) === owner).length;
      // What can be kept at most: everybody up to the share, and those with most one more each.
      const held = sizes(members, current).sort((a, b) => b - a);
      const share = Math.floor(count / members.length);
      const larger = count % members.length;
      const most = held.map((size, index) => Math.min(size, share + (index < larger ? 1 : 0)));
      expect(kept).toBe(most.reduce((sum, size) => sum + size, 0));
    }),
  );
});

test("nobody has anything when there are no members", () => {
  expect(assign(4, [], new Map([[1, "a"]]))).toEqual(new Map());
});

const needy = fc
  .record({
    needs: fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }),
    versions: fc.array(fc.nat(4), { maxLength: 6 }),
    before: fc.array(fc.nat(7), { minLength: 40, maxLength: 40 }),
  })
  .map(({ needs, versions, before }) => {
    const members = versions.map((_version, index) => index);
    const current = new Map(before.slice(0, needs.length).map((owner, partition) => [partition, owner]));
    for (const [partition, owner] of current) if (owner >= versions.length) current.delete(partition);
    return { needs, versions, members, current };
  });

const shareOut = ({ needs, versions, members, current }: Parameters<Parameters<typeof needy.map>[0]>[0]) =>
  assign(needs.length, members, current, {
    of: (partition) => needs[partition] ?? 0,
    versionOf: (member) => versions[member] ?? 0,
  });

test("a partition goes to a member that is new enough, and waits only when there is none", () => {
  fc.assert(
    fc.property(needy, (scene) => {
      const owners = shareOut(scene);
      const newest = Math.max(-1, ...scene.versions);
      const isRight = (need: number, partition: number): boolean => {
        const owner = owners.get(partition);
        return owner === undefined ? newest < need : (scene.versions[owner] ?? -1) >= need;
      };
      expect(scene.needs.filter((need, partition) => !isRight(need, partition))).toEqual([]);
    }),
  );
});

test("no member has two more than another that could take one of them, and then nothing moves", () => {
  fc.assert(
    fc.property(needy, (scene) => {
      const owners = shareOut(scene);
      const load = (member: number): number => [...owners.values()].filter((each) => each === member).length;
      const unfair = [...owners].flatMap(([partition, owner]) =>
        scene.members
          .filter((other) => (scene.versions[other] ?? 0) >= (scene.needs[partition] ?? 0))
          .filter((other) => load(owner) > load(other) + 1),
      );
      expect(unfair).toEqual([]);
      expect(shareOut({ ...scene, current: owners })).toEqual(owners);
    }),
  );
});
