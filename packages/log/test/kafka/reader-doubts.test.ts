import { expect, onTestFinished, test, vi } from "vitest";
import {
  CorruptLogError,
  type LogRecord,
  LogUnavailableError,
  OffsetOutOfRangeError,
} from "../../src/index.ts";
import { Cluster } from "../../src/kafka/client/cluster.ts";
import { FetchLoop } from "../../src/kafka/reading/fetch-loop.ts";
import type { OffsetReader } from "../../src/kafka/reading/offsets.ts";
import { Reader } from "../../src/kafka/reading/reader.ts";
import { PartitionFeed } from "../../src/kafka/reading/source-feed.ts";
import { fillSettings } from "../../src/kafka/settings.ts";
import { SharedBytes } from "../../src/kafka/shared-bytes.ts";
import type { FetchedPartition } from "../../src/kafka/wire/fetch-request.ts";
import { encodeRecordBatch } from "../../src/kafka/wire/record-batch-writer.ts";
import { never, plenty, text } from "../../testing/contract/fixture.ts";
import { t0 } from "../kafka-wire/batches.ts";

const place = { topic: "orders", partition: 0 };

/** What a broker says of the partition; the rest is as of one that is well and empty. */
type Said = Partial<FetchedPartition> | Error;

/** A batch of one record for each value, from `offset` on. */
const batchAt = (offset: number, values: readonly string[]): Buffer => {
  const records = values.map((value) => ({ key: "k", value: Buffer.from(value), timestamp: t0 }));
  const batch = encodeRecordBatch(records, null);
  batch.writeBigInt64BE(BigInt(offset), 0);
  return batch;
};

const damaged = (batch: Buffer): Buffer => {
  const copy = Buffer.from(batch);
  copy[copy.length - 1] = copy[copy.length - 1]! ^ 1;
  return copy;
};

/** A cluster whose only broker answers fetches by a list, with the last for ever; notes the connections. */
class ListedCluster extends Cluster {
  readonly lanes: string[] = [];
  readonly #answers: Said[];

  constructor(answers: readonly Said[], warnings: string[] = []) {
    super(
      fillSettings({
        brokers: ["broker:9092"],
        clientId: "test",
        clock: { now: () => t0 },
        transactionTimeoutMs: 20,
        requestTimeoutMs: 60_000,
        logger: { warn: (_fields, message) => warnings.push(message) },
      }),
    );
    this.#answers = [...answers];
  }

  override leader(): Promise<number> {
    return Promise.resolve(0);
  }

  override async call<Result>(_node: number, lane: string): Promise<Result> {
    this.lanes.push(lane);
    const [said = {}] = this.#answers.length > 1 ? this.#answers.splice(0, 1) : this.#answers;
    if (said instanceof Error) throw said;
    const well = {
      ...place,
      errorCode: 0,
      highWatermark: 10,
      lastStableOffset: 10,
      logStartOffset: 0,
      aborted: [],
      records: Buffer.alloc(0),
    };
    // An answer takes its time, or a loop that asks again at once would hold up everybody.
    await new Promise((resolve) => setImmediate(resolve));
    return { errorCode: 0, partitions: [{ ...well, ...said }] } as Result;
  }
}

const partsOf = (
  cluster: Cluster,
  { isCompacted = true, start = 0 }: { readonly isCompacted?: boolean; readonly start?: number } = {},
) => {
  const offsets = {
    starts: () => Promise.resolve(new Map([["orders/0", start]])),
    ends: () => Promise.resolve(new Map([["orders/0", 10]])),
    mustSee: () => 0,
  } as unknown as OffsetReader;
  const topics = { isCompacted: () => Promise.resolve(isCompacted) };
  return { cluster, offsets, reader: new Reader({ cluster, offsets, topics }, "read") };
};

const request = { ...place, offset: 4, ...plenty };
const valuesOf = (records: readonly LogRecord[]): readonly string[] =>
  records.map(({ offset, value }) => `${offset} ${text(value)}`);

test("the end of a compacted topic from which everything was cleaned is passed, in a read and in a restore", async () => {
  const cluster = new ListedCluster([{}]);
  const { reader } = partsOf(cluster);
  expect(await reader.read(request)).toEqual({ records: [], nextOffset: 10, endOffset: 10 });
  // It is not believed to one connection alone.
  expect(cluster.lanes).toEqual(["read", "read-again"]);
  const chunks = [];
  for await (const records of reader.stream(place, 4, 10)) chunks.push(records);
  expect(chunks).toEqual([]);
});

test("records that show at a second look are not passed", async () => {
  const records = batchAt(6, ["a", "b"]);
  const { reader } = partsOf(new ListedCluster([{}, { records }]));
  expect(valuesOf((await reader.read(request)).records)).toEqual(["6 a", "7 b"]);
});

test("nothing is passed where nothing is cleaned by key: the read says that it is stuck", async () => {
  const { reader } = partsOf(new ListedCluster([{}]), { isCompacted: false });
  const read = reader.read(request);
  await expect(read).rejects.toBeInstanceOf(LogUnavailableError);
  await expect(read).rejects.toThrow("shows nothing behind offset 4");
});

test("a gap is one only if the log does not hold the offset: a broker may be mistaken for a moment", async () => {
  const gap = { errorCode: 1 };
  const records = batchAt(4, ["a"]);
  const { reader } = partsOf(new ListedCluster([gap, gap, { records }]));
  expect(valuesOf((await reader.read(request)).records)).toEqual(["4 a"]);
  const behind = partsOf(new ListedCluster([gap]), { start: 5 }).reader.read(request);
  await expect(behind).rejects.toBeInstanceOf(OffsetOutOfRangeError);
  await expect(behind).rejects.toThrow("holds 5 to 10 (exclusive): what stood between was removed");
  const beyond = partsOf(new ListedCluster([gap])).reader.read({ ...request, offset: 11 });
  await expect(beyond).rejects.toThrow("recreated");
});

/** What is polled of a partition that is fetched from the cluster. */
const polling = (cluster: Cluster, of: Parameters<typeof partsOf>[1] = {}) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const fetchLoop = new FetchLoop(partsOf(cluster, of), "fetch");
  const moved: number[] = [];
  const events = {
    hungry: () => fetchLoop.pump(),
    moved: () => void moved.push(feed.sources[0]?.fetchOffset ?? -1),
  };
  const feed = new PartitionFeed([{ ...place, offset: 4 }], events, new SharedBytes(1e9));
  onTestFinished(async () => {
    vi.useRealTimers();
    await fetchLoop.close();
  });
  fetchLoop.add(feed.sources);
  const poll = async (): Promise<readonly string[]> => {
    const poll = { ended: false };
    const polled = feed.poll(plenty, never()).finally(() => {
      poll.ended = true;
    });
    // The await below hears of its error.
    polled.catch(() => undefined);
    for (let turn = 0; turn < 1_000 && !poll.ended; turn++) {
      await vi.advanceTimersByTimeAsync(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return valuesOf(await polled);
  };
  return { poll, moved };
};

test("a fetch that came damaged is read again before anybody is told, and named when it comes so again", async () => {
  const good = batchAt(4, ["a"]);
  const bad = { records: damaged(good) };
  const warnings: string[] = [];
  const cluster = new ListedCluster(
    [bad, { records: good }, bad, bad, { records: batchAt(5, ["b"]) }],
    warnings,
  );
  const { poll } = polling(cluster);
  expect(await poll()).toEqual(["4 a"]);
  expect(cluster.lanes.slice(0, 2)).toEqual(["fetch", "read-again"]);
  expect(warnings).toEqual([expect.stringContaining("orders, partition 0")]);
  await expect(poll()).rejects.toBeInstanceOf(CorruptLogError);
  expect(await poll()).toEqual(["5 b"]);
});

test("an unknown failure of the client is logged and tried again, and only then the poll is told", async () => {
  const odd = new TypeError("undefined is not a function");
  const warnings: string[] = [];
  const some = Array.from({ length: 4 }, () => odd);
  const first = polling(new ListedCluster([...some, { records: batchAt(4, ["a"]) }], warnings));
  expect(await first.poll()).toEqual(["4 a"]);
  expect(warnings).toEqual(some.map(() => "fetching failed: undefined is not a function"));
  vi.useRealTimers();
  const second = polling(new ListedCluster([odd], warnings));
  await expect(second.poll()).rejects.toBeInstanceOf(LogUnavailableError);
});

test("a poll of a compacted topic goes on behind its cleaned end, and nowhere else", async () => {
  const records = batchAt(10, ["new"]);
  const empty = Array.from({ length: 4 }, () => ({}));
  const cluster = new ListedCluster([...empty, { records, lastStableOffset: 11 }]);
  const { poll, moved } = polling(cluster);
  expect(await poll()).toEqual(["10 new"]);
  expect(moved[0]).toBe(10);
  vi.useRealTimers();
  const kept = polling(new ListedCluster([...empty, { records: batchAt(4, ["a"]) }]), { isCompacted: false });
  expect(await kept.poll()).toEqual(["4 a"]);
  expect(kept.moved).toEqual([]);
});
