import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { UnknownTopicError } from "../../src/index.ts";
import {
  batch,
  join,
  type LogDriver,
  own,
  type Player,
  record,
  restored,
  stage,
  user,
  values,
} from "./fixture.ts";

const all = (players: readonly Player[]): number[] =>
  players.flatMap(({ has }) => [...has]).sort((a, b) => a - b);

/** Resolves when the players have `partitions` partitions, as evenly as can be. */
const balanced = async (players: readonly Player[], partitions: number): Promise<void> => {
  const least = Math.floor(partitions / players.length);
  const most = Math.ceil(partitions / players.length);
  const whole = (): boolean =>
    all(players).length === partitions && players.every(({ has }) => has.size >= least && has.size <= most);
  while (!whole()) await Promise.race(players.map((player) => nextChange(player)));
};

const nextChange = ({ until, told }: Player): Promise<void> => {
  const seen = told.length;
  return until(() => told.length > seen).then(() => new Promise((resolve) => setImmediate(resolve)));
};

/** Consumer groups: assignment and lag. */
export const groupsContract = (driver: LogDriver): void => {
  test("one to three members have each partition exactly once, and a join moves few", async () => {
    const { log, second, group } = await stage(driver, 8);
    const first = await join(log, group);
    await balanced([first], 8);
    expect(all([first])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const next = await join(await second(), group);
    await balanced([first, next], 8);
    expect(all([first, next])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(first.told.filter((event) => event.startsWith("-"))).toHaveLength(4);
    const before = new Set([...first.has, ...next.has]);
    const third = await join(log, group);
    await balanced([first, next, third], 8);
    expect(new Set(all([first, next, third]))).toEqual(before);
    expect([...first.told, ...next.told].filter((event) => event.startsWith("-"))).toHaveLength(
      4 + third.has.size,
    );
  });

  test("a member that leaves hands its partitions over; nobody else loses one", async () => {
    const { log, second, group } = await stage(driver, 6);
    const players = [await join(log, group), await join(await second(), group), await join(log, group)];
    await balanced(players, 6);
    const [first, leaver, third] = players as [Player, Player, Player];
    const kept = [...first.has, ...third.has];
    await leaver.membership.leave();
    expect(leaver.has.size).toBe(0);
    await balanced([first, third], 6);
    for (const partition of kept) expect(first.has.has(partition) || third.has.has(partition)).toBe(true);
    expect(
      [...first.told, ...third.told].filter((event) => event.startsWith("-")).length,
    ).toBeLessThanOrEqual(4);
    await first.membership.leave();
    await third.until((has) => has.size === 6);
    await third.membership.leave();
    await third.membership.leave();
  });

  test("a partition reaches its new owner only after the old one has given it back", async () => {
    const { log, second, group } = await stage(driver, 2);
    const asked = Promise.withResolvers<number>();
    const allowed = Promise.withResolvers<void>();
    const old = await join(log, group, (partition) => {
      asked.resolve(partition);
      return allowed.promise;
    });
    await old.until((has) => has.size === 2);
    const young = await join(await second(), group);
    const moving = await asked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    expect(young.told).toEqual([]);
    allowed.resolve();
    await young.until((has) => has.has(moving));
    expect(old.has.has(moving)).toBe(false);
  });

  test("a member that joins while the last one leaves gets everything and may own it", async () => {
    const { log, group } = await stage(driver, 3);
    for (let round = 0; round < 5; round++) {
      const leaver = await join(log, group);
      await leaver.until((has) => has.size === 3);
      const [, heir, sibling] = await Promise.all([
        leaver.membership.leave(),
        join(log, group),
        join(log, group),
      ]);
      await balanced([heir, sibling], 3);
      const [partition = -1] = heir.has;
      const owned = await heir.membership.fence(partition);
      await restored(owned);
      await owned.commit(batch([[user(round), "heir"]], {}));
      await Promise.all([heir.membership.leave(), sibling.membership.leave()]);
    }
    expect(
      (await Promise.all([0, 1, 2].map((each) => values(log, group.journal, each)))).flat(),
    ).toHaveLength(5);
  });

  test("a membership tells when the group last confirmed it", async () => {
    const { log, group } = await stage(driver, 1);
    const { player } = await own(log, group);
    const first = player.membership.lastHeartbeatAt();
    expect(first).toBeGreaterThan(0);
    expect(player.membership.lastHeartbeatAt()).toBeGreaterThanOrEqual(first);
  });

  test("a group with unknown topics or another partition count is refused", async () => {
    const { log, group } = await stage(driver, 2);
    const listener = { assigned: () => undefined, revoked: () => Promise.resolve() };
    await expect(log.join({ ...group, sources: ["no-such-topic"] }, listener)).rejects.toBeInstanceOf(
      UnknownTopicError,
    );
    await expect(log.join({ ...group, partitions: 3 }, listener)).rejects.toBeInstanceOf(ConfigError);
  });

  test("the lag of a group follows its positions", async () => {
    const { log, names, group } = await stage(driver, 2);
    const [first = -1] = await log.append(["a", "b", "c"].map((value) => record(names.source, value)));
    const lagOf = async (topic: string, partition: number) =>
      (await log.lag(group)).find((each) => each.topic === topic && each.partition === partition);
    const end = (await log.offsets(names.source, 0)).end;
    expect(await lagOf(names.source, 0)).toEqual({
      topic: names.source,
      partition: 0,
      nextOffset: null,
      endOffset: end,
      lag: 3,
    });
    const { owned } = await own(log, group);
    await owned.commit(batch([[user(1), "one"]], { [names.source]: first + 1, [names.other]: 0 }));
    expect(await lagOf(names.source, 0)).toMatchObject({ nextOffset: first + 1, lag: 2 });
    expect(await lagOf(names.source, 1)).toMatchObject({ nextOffset: null, lag: 0 });
    expect(await log.lag(group)).toHaveLength(4);
  });
};
