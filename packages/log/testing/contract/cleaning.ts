import { days, hours, plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { OffsetOutOfRangeError } from "../../src/index.ts";
import {
  batch,
  drain,
  join,
  type LogDriver,
  never,
  own,
  plenty,
  record,
  restored,
  stage,
  t0,
  text,
  user,
} from "./fixture.ts";

/** Retention and compaction, for drivers whose `clean` acts at once. */
export const cleaningContract = (driver: LogDriver): void => {
  test("retention removes old records from the start and keeps the offsets of the rest", async () => {
    const { log, names } = await stage(driver, 2);
    const aged = (value: string, hoursOld: number) =>
      record(names.expiring, value, { timestamp: plus(t0, -hours(hoursOld)) });
    const offsets = await log.append([
      aged("a", 5),
      aged("b", 3),
      aged("c", 0.5),
      aged("d", 4),
      aged("e", 0),
    ]);
    expect(await log.clean(t0)).toBe(2);
    expect((await drain(log, names.expiring)).map(({ value, offset }) => [text(value), offset])).toEqual([
      ["c", offsets[2]],
      ["d", offsets[3]],
      ["e", offsets[4]],
    ]);
    expect((await log.offsets(names.expiring, 0)).start).toBe(offsets[2]);
    expect(await log.clean(t0)).toBe(0);
  });

  test("a partition that lost all records goes on with higher offsets", async () => {
    const { log, names } = await stage(driver, 1);
    const old = { timestamp: plus(t0, -days(1)) };
    const offsets = await log.append([record(names.expiring, "a", old), record(names.expiring, "b", old)]);
    expect(await log.clean(t0)).toBe(2);
    const [next] = await log.append([record(names.expiring, "c")]);
    expect(next).toBeGreaterThan(offsets[1] ?? Number.NaN);
    expect(await log.offsets(names.expiring, 0)).toEqual({ start: next, end: (next ?? 0) + 1 });
  });

  test("a read below the start is an error that names topic, partition and gap", async () => {
    const { log, names } = await stage(driver, 1);
    await log.append([
      record(names.expiring, "a", { timestamp: plus(t0, -days(1)) }),
      record(names.expiring, "b"),
    ]);
    await log.clean(t0);
    const below = log.read({ topic: names.expiring, partition: 0, offset: 0, ...plenty });
    await expect(below).rejects.toBeInstanceOf(OffsetOutOfRangeError);
    await expect(below).rejects.toThrow(
      new RegExp(`${names.expiring}, partition 0.*offset 0.*start of the log at 1`),
    );
  });

  test("a position below the start stops the partition with an error that names the gap", async () => {
    const { log, names, group } = await stage(driver, 1);
    const expiring = { ...group, sources: [names.other, names.expiring] };
    const old = { timestamp: plus(t0, -days(1)) };
    const offsets = await log.append([record(names.expiring, "a", old), record(names.expiring, "b", old)]);
    const { player, owned } = await own(log, expiring);
    await owned.commit(batch([[user(1), "one"]], { [names.expiring]: offsets[1] ?? -1 }));
    await log.clean(t0);
    await log.append([record(names.expiring, "c")]);
    const again = await player.membership.fence(0);
    expect(await restored(again)).toEqual({ [user(1)]: "one" });
    const poll = again.poll(plenty, never());
    await expect(poll).rejects.toBeInstanceOf(OffsetOutOfRangeError);
    await expect(poll).rejects.toThrow(names.expiring);
  });

  test("a service that has applied everything goes on when retention has taken everything", async () => {
    const { log, names, group } = await stage(driver, 1);
    const expiring = { ...group, sources: [names.other, names.expiring] };
    const old = { timestamp: plus(t0, -days(1)) };
    const offsets = await log.append([record(names.expiring, "a", old), record(names.expiring, "b", old)]);
    const { player, owned } = await own(log, expiring);
    await owned.commit(batch([[user(1), "one"]], { [names.expiring]: (offsets[1] ?? -1) + 1 }));
    await log.clean(t0);
    const again = await player.membership.fence(0);
    expect((await log.lag(expiring)).map(({ lag }) => lag)).toEqual([0, 0]);
    const poll = again.poll(plenty, never());
    await log.append([record(names.expiring, "c")]);
    expect((await poll).map(({ value }) => text(value))).toEqual(["c"]);
  });

  test("a source that no commit has named yet does not begin again behind what retention took", async () => {
    const { log, names, group } = await stage(driver, 1);
    const expiring = { ...group, sources: [names.other, names.expiring] };
    const { player, owned } = await own(log, expiring);
    await owned.commit(batch([[user(1), "one"]], { [names.other]: 0 }));
    await log.append([record(names.expiring, "never applied", { timestamp: plus(t0, -days(1)) })]);
    await log.clean(t0);
    const again = await player.membership.fence(0);
    await expect(again.poll(plenty, never())).rejects.toBeInstanceOf(OffsetOutOfRangeError);
    // What is gone is not waited for: the poll says that it is missing.
    expect((await log.lag(expiring)).map(({ lag }) => lag)).toEqual([0, 0]);
  });

  test("the lag of a compacted source counts records, not the offsets of those that are gone", async () => {
    const { log, names, group } = await stage(driver, 1);
    const compacted = { ...group, sources: [names.compacted] };
    await log.append(["a", "b", "a", "b", "a"].map((key, n) => record(names.compacted, `${n}`, { key })));
    await log.clean(t0);
    expect((await log.lag(compacted)).map(({ lag }) => lag)).toEqual([2]);
  });

  test("a partition without a position starts at its earliest record", async () => {
    const { log, names, group } = await stage(driver, 1);
    await log.append([
      record(names.expiring, "a", { timestamp: plus(t0, -days(1)) }),
      record(names.expiring, "b"),
    ]);
    await log.clean(t0);
    const { owned } = await own(log, { ...group, sources: [names.expiring] });
    expect((await owned.poll(plenty, never())).map(({ value }) => text(value))).toEqual(["b"]);
  });

  test("compaction keeps the latest record of every key with its offset, tombstones for a day", async () => {
    const { log, names } = await stage(driver, 1);
    const put = (key: string, value: string) => record(names.compacted, value, { key });
    const gone = (key: string, timestamp = t0) =>
      record(names.compacted, "", { key, value: null, timestamp });
    const offsets = await log.append([
      put("a", "a1"),
      put("b", "b1"),
      put("a", "a2"),
      put("c", "c1"),
      gone("b", plus(t0, -days(2))),
      gone("c"),
      put("d", "d1"),
    ]);
    expect(await log.clean(t0)).toBe(4);
    expect(
      (await drain(log, names.compacted)).map(({ key, value, offset }) => [key, text(value), offset]),
    ).toEqual([
      ["a", "a2", offsets[2]],
      ["c", "null", offsets[5]],
      ["d", "d1", offsets[6]],
    ]);
    expect(await log.clean(plus(t0, days(2)))).toBe(1);
    const rest = await log.read({
      topic: names.compacted,
      partition: 0,
      offset: (offsets[2] ?? 0) + 1,
      ...plenty,
    });
    expect(rest.records.map(({ key }) => key)).toEqual(["d"]);
  });

  test("cleaning does not touch the states of actors", async () => {
    const { log, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    await owned.commit(
      batch(
        [
          [user(1), "one"],
          [user(2), "two"],
        ],
        {},
      ),
    );
    await owned.commit(batch([[user(1), "one again"]], {}));
    await log.clean(plus(t0, days(400)));
    expect(await restored(await player.membership.fence(0))).toEqual({
      [user(1)]: "one again",
      [user(2)]: "two",
    });
  });

  test("a group that reads a compacted source passes the gaps", async () => {
    const { log, names, group } = await stage(driver, 1);
    await log.append(
      Array.from({ length: 20 }, (_, n) => record(names.compacted, String(n), { key: `k${n % 3}` })),
    );
    await log.clean(t0);
    const player = await join(log, { ...group, sources: [names.compacted] });
    await player.until((has) => has.has(0));
    const owned = await player.membership.fence(0);
    await restored(owned);
    expect((await owned.poll(plenty, never())).map(({ value }) => text(value))).toEqual(["17", "18", "19"]);
  });
};
