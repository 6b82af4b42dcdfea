// A process of its own: appends inputs at fixed intended times and reads what comes out of them.
import type { OutgoingRecord } from "@hybrid/log";
import { Kafka, logLevel } from "kafkajs";
import { median, quantileSorted } from "simple-statistics";
import { inputOf } from "../inputs.ts";
import { onOrder, taskOf, tell } from "../peer.ts";
import { openLog, wait } from "./broker.ts";

/** What the process is for. */
export interface LoadTask {
  readonly brokers: readonly string[];
  readonly actors: number;
  /** Where outputs come. */
  readonly outputs: readonly string[];
}

/** A load for a while. */
export interface LoadOrder {
  readonly rate: number;
  readonly seconds: number;
  /** The topic to append to. */
  readonly source: string;
}

/** What it tells. */
export type LoadMessage =
  | { readonly kind: "ready" }
  | {
      readonly kind: "loaded";
      readonly outputs: number;
      /** From the intended time of the input to the output's arrival here, in milliseconds. */
      readonly p50Ms: number;
      readonly p99Ms: number;
      /** From the intended time to the acknowledged append, for every input. */
      readonly appendP50Ms: number;
    };

const { brokers, actors, outputs } = taskOf() as LoadTask;
const log = await openLog(brokers);

/** When the input of each actor was to be sent; an actor comes again long after its output. */
const intended = new Map<string, number>();
const latencies: number[] = [];

const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
// The broker answers as soon as there is a record: asking more often would only keep it busy.
const consumer = kafka.consumer({ groupId: "reader", maxWaitTimeInMs: 100, minBytes: 1 });
await consumer.connect();
await consumer.subscribe({ topics: [...outputs], fromBeginning: true });
const joined = new Promise<void>((resolve) => void consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
await consumer.run({
  autoCommit: false,
  eachBatch: async (payload) => {
    const at = performance.now();
    for (const { key } of payload.batch.messages) {
      const due = intended.get(key?.toString() ?? "");
      if (due !== undefined) latencies.push(at - due);
    }
    await payload.heartbeat();
  },
});
await joined;

let sent = 0;
const appendLatencies: number[] = [];

const appendDue = async (records: readonly OutgoingRecord[], dueAt: number): Promise<void> => {
  await log.append(records);
  appendLatencies.push(performance.now() - dueAt);
};

/** Appends what is due by now, looking once a millisecond. */
const send = async ({ rate, seconds, source }: LoadOrder): Promise<number> => {
  const startedAt = performance.now();
  const total = Math.round(rate * seconds);
  const pending = new Set<Promise<void>>();
  let emitting = 0;
  for (let done = 0; done < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) * rate) / 1_000));
    const records = Array.from({ length: due - done }, (_, index) => {
      const record = { ...inputOf(sent + index, actors), topic: source };
      intended.set(record.key ?? "", startedAt + ((done + index) * 1_000) / rate);
      if (record.timestamp % 10 === 0) emitting += 1;
      return record;
    });
    const dueAt = startedAt + (done * 1_000) / rate;
    const append = appendDue(records, dueAt).finally(() => pending.delete(append));
    pending.add(append);
    sent += records.length;
    done = due;
    await wait(1);
  }
  await Promise.all(pending);
  return emitting;
};

const arrivalMsMax = 10_000;

const load = async (order: LoadOrder): Promise<void> => {
  latencies.length = 0;
  appendLatencies.length = 0;
  const expected = await send(order);
  const deadline = performance.now() + arrivalMsMax;
  while (latencies.length < expected) {
    if (performance.now() > deadline)
      throw new Error(
        `${latencies.length} of ${expected} outputs have come within ${arrivalMsMax / 1_000} s`,
      );
    await wait(10);
  }
  const sorted = latencies.toSorted((a, b) => a - b);
  tell({
    kind: "loaded",
    outputs: sorted.length,
    p50Ms: quantileSorted(sorted, 0.5),
    p99Ms: quantileSorted(sorted, 0.99),
    appendP50Ms: median(appendLatencies),
  } satisfies LoadMessage);
};

process.once("disconnect", () => void Promise.all([consumer.disconnect(), log.close()]));
onOrder((order) => void load(order as LoadOrder));
tell({ kind: "ready" } satisfies LoadMessage);
