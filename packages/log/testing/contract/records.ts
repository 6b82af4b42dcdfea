import { plus } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { OffsetOutOfRangeError, UnknownTopicError } from "../../src/index.ts";
import { bytes, drain, type LogDriver, never, plenty, record, stage, t0, text, values } from "./fixture.ts";

/** Topics, appends and reads. */
export const recordsContract = (driver: LogDriver): void => {
  test("topics are created once, listed by name, and never change their partition count", async () => {
    const { log, names } = await stage(driver, 3);
    const settings = (await log.topics()).find(({ name }) => name === names.expiring);
    expect(settings).toEqual({
      name: names.expiring,
      partitions: 3,
      cleanup: "delete",
      retentionMs: 3_600_000,
    });
    const again = { name: names.source, partitions: 3, cleanup: "delete" as const, retentionMs: null };
    await log.createTopics([again]);
    const wrong = [
      { ...again, partitions: 4 },
      { ...again, name: names.other, partitions: 5 },
    ];
    await expect(log.createTopics(wrong)).rejects.toMatchObject({
      name: "ConfigError",
      faults: [expect.stringContaining(names.source), expect.stringContaining(names.other)],
    });
  });

  test("an appended record comes back as it was: key, value, headers, timestamp, partition", async () => {
    const { log, names } = await stage(driver, 2);
    const sent = [
      record(names.output, "plain", { partition: 1 }),
      record(names.output, "with headers", { partition: 1, headers: { origin: "a:1", ä: "ö" } }),
      record(names.output, "", { partition: 1, timestamp: plus(t0, 5) }),
      record(names.output, "no key", { partition: 1, key: null }),
      record(names.output, "no value", { partition: 1, value: null }),
    ];
    const offsets = await log.append(sent);
    expect(await drain(log, names.output, 1)).toEqual(
      sent.map((each, index) => ({ ...each, offset: offsets[index] })),
    );
    expect(await drain(log, names.output, 0)).toEqual([]);
  });

  test("who waits for records learns where they are, at once or when they come", async () => {
    const { log, names } = await stage(driver, 3);
    const places = [0, 1, 2].map((partition) => ({ topic: names.output, partition, offset: 0 }));
    const waiting = (async () => {
      for (;;) {
        const found = await log.grown(places, never());
        if (found.length > 0) return found;
      }
    })();
    await log.append([record(names.output, "first", { partition: 1 })]);
    expect(await waiting).toEqual([places[1]]);
    expect(await log.grown(places, never())).toEqual([places[1]]);
    const ending = new AbortController();
    const beyond = places.map((place) => ({ ...place, offset: place.partition === 1 ? 1 : 0 }));
    const ended = log.grown(beyond, ending.signal);
    ending.abort();
    expect(await ended).toEqual([]);
    expect(await log.grown(places, AbortSignal.abort())).toEqual([]);
  });

  test("any bytes, keys and headers survive", async () => {
    const { log, names } = await stage(driver, 1);
    const anything = fc.record({
      key: fc.option(fc.string({ unit: "grapheme", minLength: 1 })),
      value: fc.option(fc.uint8Array({ maxLength: 300 })),
      headers: fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: "grapheme" }), {
        minKeys: 1,
        noNullPrototype: true,
      }),
    });
    const property = fc.asyncProperty(
      fc.array(anything, { minLength: 1, maxLength: 30 }),
      async (content) => {
        const sent = content.map((each) => ({ topic: names.output, partition: 0, timestamp: t0, ...each }));
        const [first = -1] = await log.append(sent);
        const { records } = await log.read({ topic: names.output, partition: 0, offset: first, ...plenty });
        expect(records.map(({ offset: _offset, ...rest }) => rest)).toEqual(sent);
      },
    );
    await fc.assert(property, { numRuns: driver.propertyRuns ?? 50 });
  });

  test("a record of a megabyte is carried", async () => {
    const { log, names } = await stage(driver, 1);
    const value = new Uint8Array(1_000_000).map((_, index) => index % 251);
    await log.append([record(names.output, "", { value })]);
    const [read] = await drain(log, names.output);
    expect(Buffer.compare(read?.value ?? new Uint8Array(), value)).toBe(0);
  });

  test("an append of nothing does nothing", async () => {
    const { log, names } = await stage(driver, 1);
    expect(await log.append([])).toEqual([]);
    const { start, end } = await log.offsets(names.output, 0);
    expect(end).toBe(start);
  });

  test("an append with an unknown topic or partition appends nothing of it", async () => {
    const { log, names } = await stage(driver, 2);
    for (const wrong of [record("no-such-topic", "x"), record(names.output, "x", { partition: 2 })])
      await expect(log.append([record(names.output, "a"), wrong])).rejects.toBeInstanceOf(UnknownTopicError);
    expect(await values(log, names.output)).toEqual([]);
    expect(await log.append([record(names.output, "b")])).toHaveLength(1);
    expect(await values(log, names.output)).toEqual(["b"]);
  });

  test("concurrent appends keep the order of each caller in each partition", async () => {
    const { log, names } = await stage(driver, 2);
    const caller = async (who: string): Promise<void> => {
      for (let n = 0; n < 20; n++)
        await log.append([0, 1].map((partition) => record(names.output, String(n), { partition, key: who })));
    };
    await Promise.all(["a", "b", "c"].map(caller));
    for (const partition of [0, 1]) {
      const records = await drain(log, names.output, partition);
      const offsets = records.map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
      for (const who of ["a", "b", "c"])
        expect(records.filter(({ key }) => key === who).map(({ value }) => Number(text(value)))).toEqual(
          Array.from({ length: 20 }, (_, n) => n),
        );
    }
  });

  test("a read starts at its offset and stops at its limits", async () => {
    const { log, names } = await stage(driver, 1);
    const offsets = await log.append(
      Array.from({ length: 20 }, (_, n) => record(names.output, `value ${n}`)),
    );
    const from = { topic: names.output, partition: 0, offset: offsets[5] ?? -1 };
    const some = await log.read({ ...from, recordsMax: 3, bytesMax: 1_000_000 });
    expect(some.records.map(({ value }) => text(value))).toEqual(["value 5", "value 6", "value 7"]);
    expect(some.nextOffset).toBe(offsets[8]);
    const rest = await log.read({ ...from, offset: some.nextOffset, ...plenty });
    expect(rest.records).toHaveLength(12);
    const small = await log.read({ ...from, recordsMax: 20, bytesMax: 1 });
    expect(small.records.length).toBeGreaterThanOrEqual(1);
    expect(small.records.length).toBeLessThan(15);
  });

  test("a read at the end yields nothing, and outside of the log an error that names the place", async () => {
    const { log, names } = await stage(driver, 1);
    await log.append([record(names.output, "a")]);
    const { end } = await log.offsets(names.output, 0);
    const request = { topic: names.output, partition: 0, offset: end, ...plenty };
    expect(await log.read(request)).toEqual({ records: [], nextOffset: end, endOffset: end });
    const outside = log.read({ ...request, offset: end + 10 });
    await expect(outside).rejects.toBeInstanceOf(OffsetOutOfRangeError);
    await expect(outside).rejects.toThrow(names.output);
    await expect(log.read({ ...request, topic: "no-such-topic" })).rejects.toBeInstanceOf(UnknownTopicError);
  });

  test("a broadcast is one record in every partition, exactly where it was sent", async () => {
    const { log, names } = await stage(driver, 4);
    await log.append(
      [0, 1, 2, 3].map((partition) => record(names.output, `copy ${partition}`, { partition })),
    );
    for (const partition of [0, 1, 2, 3])
      expect(await values(log, names.output, partition)).toEqual([`copy ${partition}`]);
  });

  if (driver.durable)
    test("what was appended is there after the log was closed and opened again", async () => {
      const opened = await stage(driver, 1);
      const { names } = opened;
      const [first] = await opened.log.append([record(names.output, "a", { value: bytes("kept") })]);
      const log = await opened.reopen();
      expect(await values(log, names.output)).toEqual(["kept"]);
      const [second] = await log.append([record(names.output, "b")]);
      expect(second).toBeGreaterThan(first ?? Number.NaN);
      expect(await values(log, names.output)).toEqual(["kept", "b"]);
    });
};
