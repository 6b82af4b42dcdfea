// A process of its own: the least that a loop on Kafka does, written on kafkajs's public client.
import type { Consumer, EachBatchPayload, ICustomPartitioner, Kafka, Producer } from "kafkajs";
import { onOrder, taskOf, tell } from "../peer.ts";
import { correctedKafkajs, promptRetries } from "./corrected-kafkajs.ts";
import { keepPace, type LoopMessage, type Pace, type PaceKeeper } from "./pace.ts";

/** What the process is for. */
export interface BareTask {
  readonly brokers: readonly string[];
  readonly partitions: number;
  readonly source: string;
  readonly journal: string;
  readonly output: string;
}

/** Inputs to work off: they lie behind these offsets, by partition, or come there. */
export interface BareOrder {
  readonly inputs: number;
  readonly offsets: readonly number[];
}

const task = taskOf() as BareTask;
const journalBytes = 300;
const recordsPerBatchMax = 1_000;

interface BareState {
  count: number;
  readonly recent: Float64Array;
  readonly note: Buffer;
}

type Message = EachBatchPayload["batch"]["messages"][number];

/** A small step: counts, remembers, and writes the state down. */
const step = (
  states: Map<string, BareState>,
  { key, value }: Message,
): { state: BareState; bytes: Buffer } => {
  const name = (key ?? Buffer.alloc(0)).toString("latin1");
  let state = states.get(name);
  if (!state) {
    state = { count: 0, recent: new Float64Array(8), note: Buffer.alloc(200) };
    states.set(name, state);
  }
  state.count += 1;
  state.recent[state.count & 7] = state.count;
  value?.copy(state.note, 0, 0, 64);
  const bytes = Buffer.allocUnsafe(journalBytes);
  bytes.writeDoubleBE(state.count, 0);
  for (let at = 0; at < 8; at++) bytes.writeDoubleBE(state.recent[at] ?? 0, 8 + 8 * at);
  state.note.copy(bytes, 72);
  bytes.fill(7, 272);
  return { state, bytes };
};

/** Every tenth input has an output: the same ones that have one in the measured service. */
const emits = ({ timestamp }: Message): boolean => timestamp.endsWith("0");

interface Work {
  readonly states: Map<string, BareState>[];
  readonly producers: readonly Producer[];
  readonly keeper: PaceKeeper;
  done: number;
  readonly finished: () => void;
}

const workOff = async (work: Work, payload: EachBatchPayload): Promise<void> => {
  const { partition, messages } = payload.batch;
  const states = (work.states[partition] ??= new Map<string, BareState>());
  for (let from = 0; from < messages.length; from += recordsPerBatchMax) {
    const part = messages.slice(from, from + recordsPerBatchMax);
    const journal: { key: Buffer | null; value: Buffer; partition: number }[] = [];
    const output: typeof journal = [];
    for (const message of part) {
      const { bytes } = step(states, message);
      journal.push({ key: message.key, value: bytes, partition });
      if (emits(message)) output.push({ key: message.key, value: bytes.subarray(0, 64), partition });
    }
    const transaction = await work.producers[partition]?.transaction();
    await transaction?.sendBatch({
      topicMessages: [
        { topic: task.journal, messages: journal },
        ...(output.length > 0 ? [{ topic: task.output, messages: output }] : []),
      ],
    });
    await transaction?.commit();
    payload.resolveOffset(part.at(-1)?.offset ?? "0");
    work.done += part.length;
    if (work.keeper.done(work.done)) work.finished();
    await payload.heartbeat();
  }
};

const producersOf = async (
  kafka: Kafka,
  createPartitioner: ICustomPartitioner,
): Promise<readonly Producer[]> => {
  const producers = Array.from({ length: task.partitions }, (_, partition) =>
    kafka.producer({
      transactionalId: `bare-${process.pid}-${partition}`,
      maxInFlightRequests: 1,
      idempotent: true,
      transactionTimeout: 10_000,
      createPartitioner,
    }),
  );
  for (const producer of producers) await producer.connect();
  return producers;
};

const consume = async (consumer: Consumer, { offsets }: BareOrder, work: Work): Promise<void> => {
  await consumer.connect();
  await consumer.subscribe({ topic: task.source, fromBeginning: true });
  // Before the first fetch, also when kafkajs has to join a second time.
  consumer.on(consumer.events.GROUP_JOIN, () => {
    for (const [partition, offset] of offsets.entries())
      consumer.seek({ topic: task.source, partition, offset: String(offset) });
  });
  await consumer.run({
    eachBatchAutoResolve: false,
    autoCommit: false,
    partitionsConsumedConcurrently: task.partitions,
    eachBatch: (payload) => workOff(work, payload),
  });
};

const kafkajs = correctedKafkajs();
const kafka = new kafkajs.Kafka({
  brokers: [...task.brokers],
  logLevel: kafkajs.logLevel.NOTHING,
  retry: promptRetries,
});
const states: Map<string, BareState>[] = [];
let rounds = 0;

const round = async (order: BareOrder): Promise<Pace> => {
  const keeper = keepPace(order.inputs);
  const producers = await producersOf(kafka, kafkajs.Partitioners.DefaultPartitioner);
  const consumer = kafka.consumer({
    groupId: `bare-${process.pid}-${rounds++}`,
    maxBytesPerPartition: 1_024 * 1_024,
    maxBytes: 20_000_000,
    maxWaitTimeInMs: 50,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!payload.restart) reject(payload.error);
  });
  await consume(consumer, order, { states, producers, keeper, done: 0, finished: resolve });
  tell({ kind: "running" } satisfies LoopMessage);
  await promise;
  await consumer.disconnect();
  for (const producer of producers) await producer.disconnect();
  return keeper.pace();
};

const work = async (order: BareOrder): Promise<void> =>
  tell({ kind: "worked", pace: await round(order) } satisfies LoopMessage);

// A round that fails ends this process, and with it the bench, which says where to look.
onOrder((order) => void work(order as BareOrder));
tell({ kind: "ready" } satisfies LoopMessage);
