import { plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { FencedError, nextOffsetOf, type PolledRecord, UnknownTopicError } from "../../src/index.ts";
import {
  batch,
  bytes,
  drain,
  join,
  type LogDriver,
  never,
  own,
  plenty,
  readerOf,
  record,
  restored,
  stage,
  t0,
  text,
  user,
  values,
} from "./fixture.ts";

const commitContract = (driver: LogDriver): void => {
  test("a commit makes journal, outputs, states and position durable together", async () => {
    const { log, names, group } = await stage(driver, 2);
    const { player, owned } = await own(log, group);
    expect(owned.position).toBeUndefined();
    const outputs = [
      record(names.output, "out 1", { partition: 1, key: user(7), headers: { id: "1" } }),
      record(names.compacted, "out 2"),
    ];
    const position = {
      sources: { [names.source]: 3, [names.other]: 0 },
      at: plus(t0, 7),
      seqMax: 4_711,
      machineVersion: 3,
      sealVersion: 1,
    };
    const receipt = await owned.commit({
      ...batch(
        [
          [user(1), "one"],
          [user(2), "two"],
        ],
        {},
      ),
      outputs,
      position,
    });
    const journal = await drain(log, group.journal);
    expect(journal.map(({ key, value, timestamp }) => [key, text(value), timestamp])).toEqual([
      [user(1), "one", position.at],
      [user(2), "two", position.at],
    ]);
    expect(receipt.journalOffset).toBe(journal[0]?.offset);
    expect(receipt.journalNextOffset).toBeGreaterThan(journal[1]?.offset ?? Number.NaN);
    expect(await drain(log, names.output, 1)).toMatchObject([outputs[0]]);
    expect(await values(log, names.compacted)).toEqual(["out 2"]);
    const again = await player.membership.fence(0);
    expect(again.position).toEqual(position);
    expect(await restored(again)).toEqual({ [user(1)]: "one", [user(2)]: "two" });
  });

  test("a commit with an unknown topic leaves nothing of itself", async () => {
    const { log, names, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    await owned.commit(batch([[user(1), "before"]], { [names.source]: 1 }));
    const outputs = [record(names.output, "out"), record("no-such-topic", "out")];
    const rejected = owned.commit(batch([[user(1), "after"]], { [names.source]: 2 }, { outputs }));
    await expect(rejected).rejects.toBeInstanceOf(UnknownTopicError);
    expect(await values(log, group.journal)).toEqual(["before"]);
    expect(await values(log, names.output)).toEqual([]);
    const again = await player.membership.fence(0);
    expect(again.position?.sources).toEqual({ [names.source]: 1, [names.other]: 0 });
    expect(await restored(again)).toEqual({ [user(1)]: "before" });
  });

  test("after a rejected commit the owner is spent, also for a batch that is on its way", async () => {
    const { log, group } = await stage(driver, 1);
    const { owned } = await own(log, group);
    const wrong = owned.commit(batch([[user(1), "a"]], {}, { outputs: [record("no-such-topic", "x")] }));
    const next = owned.commit(batch([[user(1), "b"]], {}));
    const outcomes = await Promise.allSettled([wrong, next]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(owned.commit(batch([[user(1), "c"]], {}))).rejects.toBeInstanceOf(FencedError);
    expect(await values(log, group.journal)).toEqual([]);
  });

  test("a commit without journal records moves the position", async () => {
    const { log, names, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    const receipt = await owned.commit(batch([], { [names.source]: 9 }));
    expect(receipt.journalNextOffset).toBeGreaterThanOrEqual(receipt.journalOffset);
    expect(await values(log, group.journal)).toEqual([]);
    const next = await player.membership.fence(0);
    expect(next.position?.sources).toEqual({ [names.source]: 9, [names.other]: 0 });
    // What a commit does not name stands where it stood, for every owner to come.
    await next.commit(batch([], { [names.other]: 0 }));
    const last = await player.membership.fence(0);
    expect(last.position?.sources).toEqual({ [names.source]: 9, [names.other]: 0 });
  });

  test("an actor whose state is initial again has no record", async () => {
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
    await owned.commit(
      batch(
        [
          [user(1), null],
          [user(3), null],
        ],
        {},
      ),
    );
    const again = await player.membership.fence(0);
    const latest = await restored(again);
    // A driver that yields the journal's tail shows the last record of an actor that has ended there.
    expect(latest[user(2)]).toBe("two");
    expect([undefined, "initial"]).toContain(latest[user(1)]);
    expect([undefined, "initial"]).toContain(latest[user(3)]);
  });

  test("an actor's latest counts also when its batch has no journal record of it", async () => {
    const { log, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    const said = (n: number, value: string) => ({ key: user(n), value: bytes(value) });
    await owned.commit(
      batch(
        [
          [user(1), "one"],
          [user(2), "two"],
        ],
        {},
      ),
    );
    const checkpoint = [said(2, "two without journal"), { key: user(3), value: null }];
    await owned.commit(batch([[user(3), "three"]], {}));
    await owned.commit({ ...batch([], {}), checkpoint });
    const expected = { [user(1)]: "one", [user(2)]: "two without journal" };
    const again = await player.membership.fence(0);
    expect(await restored(again)).toEqual(expected);
    await again.commit(batch([[user(2), "two again"]], {}));
    expect(await restored(await player.membership.fence(0))).toEqual({ ...expected, [user(2)]: "two again" });
  });

  test("an owner that commits without having restored loses nothing of its predecessor", async () => {
    const { log, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    await owned.commit(batch([[user(1), "one"]], {}));
    const hasty = await player.membership.fence(0);
    await hasty.commit(batch([[user(2), "two"]], {}));
    const again = await player.membership.fence(0);
    expect(await restored(again)).toEqual({ [user(1)]: "one", [user(2)]: "two" });
  });

  test("a restore of many actors yields each one's latest", async () => {
    const { log, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    const states = new Map<string, string>();
    for (let round = 0; round < 5; round++) {
      const entries = Array.from(
        { length: 700 },
        (_, n) => [user(n * (round + 1)), `${n} in ${round}`] as const,
      );
      for (const [key, value] of entries) states.set(key, value);
      await owned.commit(batch(entries, {}));
    }
    expect(await restored(await player.membership.fence(0))).toEqual(Object.fromEntries(states));
  });

  if (driver.durable)
    test("states and position are there after a restart", async () => {
      const opened = await stage(driver, 1);
      const { names, group } = opened;
      const { owned, player } = await own(opened.log, group);
      await owned.commit(batch([[user(1), "one"]], { [names.source]: 4 }));
      await player.membership.leave();
      const log = await opened.reopen();
      const next = await join(log, group);
      await next.until((has) => has.has(0));
      const again = await next.membership.fence(0);
      expect(again.epoch).toBeGreaterThan(owned.epoch);
      expect(again.position?.sources).toEqual({ [names.source]: 4, [names.other]: 0 });
      expect(await restored(again)).toEqual({ [user(1)]: "one" });
    });
};

const fencingContract = (driver: LogDriver): void => {
  test("a new owner shuts the old one out: its commit is rejected and invisible (I2)", async () => {
    const { log, names, group } = await stage(driver, 1);
    const { player, owned } = await own(log, group);
    await owned.commit(batch([[user(1), "first"]], {}));
    const second = await player.membership.fence(0);
    expect(second.epoch).toBeGreaterThan(owned.epoch);
    const outputs = [record(names.output, "zombie")];
    await expect(owned.commit(batch([[user(1), "zombie"]], {}, { outputs }))).rejects.toBeInstanceOf(
      FencedError,
    );
    await restored(second);
    await second.commit(batch([[user(1), "second"]], {}));
    expect(await values(log, group.journal)).toEqual(["first", "second"]);
    expect(await values(log, names.output)).toEqual([]);
    expect(await restored(await player.membership.fence(0))).toEqual({ [user(1)]: "second" });
  });

  test("a member that lost its partition can neither commit nor fence", async () => {
    const { log, second, group } = await stage(driver, 2);
    const old = await join(log, group);
    await old.until((has) => has.size === 2);
    const handles = [await old.membership.fence(0), await old.membership.fence(1)];
    const young = await join(await second(), group);
    await young.until((has) => has.size === 1);
    const [lost = -1] = young.has;
    const owned = await young.membership.fence(lost);
    await restored(owned);
    await owned.commit(batch([[user(1), "young"]], {}));
    const zombie = handles[lost];
    await expect(zombie?.commit(batch([[user(1), "zombie"]], {}))).rejects.toBeInstanceOf(FencedError);
    await expect(old.membership.fence(lost)).rejects.toBeInstanceOf(FencedError);
    await expect(young.membership.fence(1 - lost)).rejects.toBeInstanceOf(FencedError);
    expect(await values(log, group.journal, lost)).toEqual(["young"]);
    await handles[1 - lost]?.commit(batch([[user(2), "kept"]], {}));
    expect(await values(log, group.journal, 1 - lost)).toEqual(["kept"]);
  });
};

const pollContract = (driver: LogDriver): void => {
  test("a poll goes on behind what was polled; a new owner resumes at the position", async () => {
    const { log, names, group } = await stage(driver, 1);
    const offsets = await log.append(["a", "b", "c", "d"].map((value) => record(names.source, value)));
    const { player, owned } = await own(log, group);
    const first = await owned.poll({ recordsMax: 2, bytesMax: 1_000_000 }, never());
    const second = await owned.poll({ recordsMax: 1, bytesMax: 1_000_000 }, never());
    expect([...first, ...second].map(({ value }) => text(value))).toEqual(["a", "b", "c"]);
    await owned.commit(
      batch([[user(1), "one"]], { [names.source]: (offsets[1] ?? 0) + 1, [names.other]: 0 }),
    );
    const again = await player.membership.fence(0);
    await restored(again);
    expect((await again.poll(plenty, never())).map(({ value }) => text(value))).toEqual(["c", "d"]);
  });

  test("a position says where reading goes on in every source: at the end, once all is applied", async () => {
    const { log, names, group } = await stage(driver, 1);
    const writer = await own(log, { ...group, sources: [names.other] });
    const emit = async (value: string) =>
      writer.owned.commit(batch([], {}, { outputs: [record(names.source, value)] }));
    for (const value of ["a", "b", "c"]) await emit(value);
    await writer.player.membership.leave();
    const { player, owned } = await own(log, await readerOf(log, names.source));
    const polled: PolledRecord[] = [];
    while (polled.length < 3) polled.push(...(await owned.poll({ recordsMax: 1, bytesMax: 1 }, never())));
    const places = polled.map((each) => [each.offset, nextOffsetOf(each)] as const);
    for (const [index, [offset, next]] of places.entries()) {
      expect(next).toBeGreaterThan(offset);
      expect(next).toBeLessThanOrEqual(places[index + 1]?.[0] ?? Number.POSITIVE_INFINITY);
    }
    await owned.commit(batch([[user(1), "all"]], { [names.source]: places[2]?.[1] ?? -1 }));
    const { end } = await log.offsets(names.source, 0);
    const again = await player.membership.fence(0);
    expect(again.position?.sources).toEqual({ [names.source]: end });
  });

  test("a poll reads only the partition that is owned", async () => {
    const { log, names, group } = await stage(driver, 2);
    await log.append([record(names.source, "other", { partition: 1 }), record(names.source, "ours")]);
    const { owned } = await own(log, group);
    expect((await owned.poll(plenty, never())).map(({ value }) => text(value))).toEqual(["ours"]);
  });

  test("a source with little is not starved by one with much", async () => {
    const { log, names, group } = await stage(driver, 1);
    await log.append(Array.from({ length: 500 }, (_, n) => record(names.source, `much ${n}`)));
    await log.append(["x", "y", "z"].map((value) => record(names.other, value)));
    const { owned } = await own(log, group);
    const polled = [];
    while (polled.length < 503)
      polled.push(...(await owned.poll({ recordsMax: 10, bytesMax: 1_000_000 }, never())));
    expect(polled.slice(0, 30).filter(({ topic }) => topic === names.other)).toHaveLength(3);
    expect(polled.filter(({ topic }) => topic === names.source).map(({ value }) => text(value))).toEqual(
      Array.from({ length: 500 }, (_, n) => `much ${n}`),
    );
  });

  test("a poll takes no more than its limits, but always one record", async () => {
    const { log, names, group } = await stage(driver, 1);
    await log.append(Array.from({ length: 10 }, () => record(names.source, "x".repeat(1_000))));
    const { owned } = await own(log, group);
    expect(await owned.poll({ recordsMax: 10, bytesMax: 1 }, never())).toHaveLength(1);
    const some = await owned.poll({ recordsMax: 4, bytesMax: 1_000_000 }, never());
    expect(some.length).toBeGreaterThanOrEqual(1);
    expect(some.length).toBeLessThanOrEqual(4);
  });

  test("a waiting poll ends when a record arrives, while a commit runs, and when it is aborted", async () => {
    const { log, names, group } = await stage(driver, 1);
    const { owned } = await own(log, group);
    const waiting = owned.poll(plenty, never());
    await owned.commit(batch([[user(1), "one"]], {}, { outputs: [record(names.output, "out")] }));
    await log.append([record(names.other, "at last")]);
    expect((await waiting).map(({ value }) => text(value))).toEqual(["at last"]);
    const stop = new AbortController();
    const aborted = owned.poll(plenty, stop.signal);
    stop.abort();
    expect(await aborted).toEqual([]);
    expect(await owned.poll(plenty, stop.signal)).toEqual([]);
  });

  test("a poll ends empty when the partition is closed", async () => {
    const { log, group } = await stage(driver, 1);
    const { owned } = await own(log, group);
    const waiting = owned.poll(plenty, never());
    await owned.close();
    expect(await waiting).toEqual([]);
    await expect(owned.commit(batch([[user(1), "late"]], {}))).rejects.toBeInstanceOf(FencedError);
    expect(await values(log, group.journal)).toEqual([]);
  });
};

/** Commits, fencing, restore and polls. */
export const ownershipContract = (driver: LogDriver): void => {
  commitContract(driver);
  fencingContract(driver);
  pollContract(driver);
};
