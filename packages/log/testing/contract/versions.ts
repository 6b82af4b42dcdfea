import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import type { GroupSettings, Log } from "../../src/index.ts";
import { join, type LogDriver, type Player, stage } from "./fixture.ts";

const joinAs = (log: Log, group: GroupSettings, version: number): Promise<Player> =>
  join(log, group, undefined, { version });

const has =
  (...partitions: readonly number[]) =>
  (owned: ReadonlySet<number>): boolean =>
    partitions.every((partition) => owned.has(partition)) && owned.size === partitions.length;

/** Versions of workers, and partitions that need a newer one. */
export const versionsContract = (driver: LogDriver): void => {
  test("a declined partition is revoked, waits, and goes to a worker that is new enough", async () => {
    const { log, second, group } = await stage(driver, 3);
    const old = await joinAs(log, group, 1);
    await old.until(has(0, 1, 2));
    expect(old.membership.waiting()).toEqual([]);
    old.membership.requireVersion(1, 2);
    await old.until(has(0, 2));
    expect(old.told.at(-1)).toBe("-1");
    const other = await joinAs(await second(), group, 1);
    await other.until((owned) => owned.size === 1);
    const waiting = [{ partition: 1, needs: 2, newest: 1 }];
    expect([old.membership.waiting(), other.membership.waiting()]).toEqual([waiting, waiting]);
    const young = await joinAs(log, group, 2);
    await young.until(has(1));
    await Promise.all([old, other].map(({ until }) => until((owned) => owned.size === 1)));
    expect(old.told.filter((event) => event === "+1")).toHaveLength(1);
    expect(other.told).not.toContain("+1");
    expect(young.membership.waiting()).toEqual([]);
  });

  test("what was said of a partition outlives the member that said it and keeps others away", async () => {
    const { log, second, group } = await stage(driver, 2);
    const young = await joinAs(log, group, 7);
    await young.until(has(0, 1));
    young.membership.requireVersion(0, 7);
    young.membership.requireVersion(0, 3);
    const old = await joinAs(await second(), group, 6);
    await old.until(has(1));
    await young.membership.leave();
    const next = await joinAs(await second(), group, 6);
    const both = [old, next];
    await Promise.race(both.map(({ until }) => until(has(1))));
    const waiting = [{ partition: 0, needs: 7, newest: 6 }];
    await expect
      .poll(() => both.map(({ membership }) => membership.waiting()), { timeout: driver.timeoutMs ?? 5_000 })
      .toEqual([waiting, waiting]);
    expect(both.flatMap(({ told }) => told)).not.toContain("+0");
  });

  test("what is no version and no partition is refused", async () => {
    const { log, group } = await stage(driver, 2);
    const { membership } = await join(log, group);
    for (const [partition, version] of [
      [2, 1],
      [-1, 1],
      [0, -1],
      [0, 1.5],
      [0, Number.NaN],
    ] as const)
      expect(() => membership.requireVersion(partition, version)).toThrow(RangeError);
    for (const version of [-1, 0.5, Number.NaN])
      await expect(joinAs(log, group, version)).rejects.toBeInstanceOf(ConfigError);
  });
};
