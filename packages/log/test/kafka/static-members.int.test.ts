import { expect, test } from "vitest";
import { type GroupSettings, InstanceTakenError, type Membership } from "../../src/index.ts";
import { stage } from "../../testing/contract/fixture.ts";
import { kafkaDriver, openLog } from "./kafka-driver.ts";

interface Pod {
  readonly membership: Membership;
  readonly has: Set<number>;
  readonly told: string[];
  readonly ended: Promise<unknown>;
}

const start = async (group: GroupSettings, instanceId: string, version = 0): Promise<Pod> => {
  const log = await openLog({ instanceId, sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 40_000 });
  const has = new Set<number>();
  const told: string[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  const assigned = (partition: number): void => {
    has.add(partition);
    told.push(`+${partition}`);
  };
  const revoked = async (partition: number): Promise<void> => {
    has.delete(partition);
    told.push(`-${partition}`);
  };
  const membership = await log.join(group, { assigned, revoked, ended: resolve }, { version });
  return { membership, has, told, ended };
};

/** Far below the session of a member that is gone. */
const soon = { timeout: 15_000, interval: 20 };

const sizes = (pods: readonly Pod[]): readonly number[] => pods.map(({ has }) => has.size);

test("a worker that comes back under its instance id has its place at once, and only the older one ends", async () => {
  const { group } = await stage(kafkaDriver(), 6);
  const older = await start(group, "pod-1");
  const others = [await start(group, "pod-2"), await start(group, "pod-3")];
  await expect.poll(() => sizes([older, ...others]), soon).toEqual([2, 2, 2]);
  const had = new Set(older.has);
  const told = others.map((pod) => pod.told.length);
  const younger = await start(group, "pod-1");
  await expect.poll(() => younger.has, soon).toEqual(had);
  expect(await older.ended).toBeInstanceOf(InstanceTakenError);
  expect(others.map((pod) => pod.told.length)).toEqual(told);
  expect(older.has.size).toBe(0);
  await younger.membership.leave();
  await expect.poll(() => sizes(others), soon).toEqual([3, 3]);
});

test("a worker that comes back newer under its instance id gets what waited for its version", async () => {
  const { group } = await stage(kafkaDriver(), 2);
  const old = await start(group, "pod-1", 1);
  await expect.poll(() => sizes([old]), soon).toEqual([2]);
  old.membership.requireVersion(1, 2);
  await expect.poll(() => [...old.has], soon).toEqual([0]);
  const other = await start(group, "pod-2", 1);
  await expect.poll(() => other.membership.waiting(), soon).toEqual([{ partition: 1, needs: 2, newest: 1 }]);
  const young = await start(group, "pod-1", 2);
  await expect.poll(() => young.has.has(1), soon).toBe(true);
  await expect.poll(() => sizes([young, other]), soon).toEqual([1, 1]);
  expect(await old.ended).toBeInstanceOf(InstanceTakenError);
});
