import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { CorruptLogError } from "../errors.ts";
import { decodePosition, type PositionRecord, positionKey } from "../kafka/partition/position-record.ts";
import type { Place } from "../kafka/reading/offsets.ts";
import type { LogRecord, TopicSettings } from "../port.ts";
import type { EmbeddedOwner, EmbeddedSource } from "./embedded-source.ts";
import type { KafkaTarget } from "./kafka-target.ts";

type Compared = Pick<LogRecord, "key" | "value" | "headers"> & { readonly timestamp?: number };

/** Everything of a record but its offset, in a form that is short and equal only for equal records. */
const digest = ({ key, value, headers, timestamp }: Compared): string => {
  const hash = createHash("sha256").update(JSON.stringify([key, headers ?? {}, timestamp ?? 0]));
  if (value !== null) hash.update("=").update(value);
  return hash.digest("base64");
};

const wrong = ({ topic, partition }: Place, what: string): CorruptLogError =>
  new CorruptLogError(`${topic}, partition ${partition}: ${what}; the copy must not be used`);

/** The digests of a source partition, one after the other. */
function* sourceDigests(source: EmbeddedSource, { topic, partition }: Place): Generator<string> {
  for (const records of source.records(topic, partition)) for (const record of records) yield digest(record);
}

/** What can be read of a copied partition, record by record. */
async function* copyOf(target: KafkaTarget, place: Place): AsyncGenerator<LogRecord> {
  const { records } = await target.read(place);
  for await (const page of records) yield* page;
}

/** How many records Kafka's own retention has taken since; the start of the partition tells of it. */
const takenFrom = async (target: KafkaTarget, place: Place, total: number): Promise<number> => {
  const { start, records } = await target.read(place);
  if (start === 0) return 0;
  let left = 0;
  for await (const page of records) left += page.length;
  return total - left;
};

/** Every record in order. */
const compareInOrder = async (source: EmbeddedSource, target: KafkaTarget, place: Place): Promise<number> => {
  const bounds = source.bounds(place.topic, place.partition);
  const total = bounds.end - bounds.start;
  let seen = await takenFrom(target, place, total);
  const expected = sourceDigests(source, place);
  for (let left = seen; left > 0; left--) expected.next();
  for await (const record of copyOf(target, place)) {
    if (expected.next().value !== digest(record))
      throw wrong(place, `record ${seen + 1} of ${total} differs`);
    seen++;
  }
  if (seen !== total) throw wrong(place, `${seen} records of ${total} are there`);
  return total;
};

/** The latest of every key: the brokers may have begun to compact. */
const compareLatest = async (source: EmbeddedSource, target: KafkaTarget, place: Place): Promise<number> => {
  const expected = new Map<string, string>();
  for (const records of source.records(place.topic, place.partition))
    for (const record of records) expected.set(record.key ?? "", digest(record));
  const found = new Map<string, string>();
  let count = 0;
  for await (const record of copyOf(target, place)) {
    found.set(record.key ?? "", digest(record));
    count++;
  }
  if (found.size !== expected.size) throw wrong(place, `${found.size} keys of ${expected.size} are there`);
  for (const [key, each] of expected)
    if (found.get(key) !== each) throw wrong(place, `the latest record of ${key} differs`);
  return count;
};

/** Compares all records of a partition; resolves with how many of them are in the copy. */
export const verifyRecords = (
  source: EmbeddedSource,
  target: KafkaTarget,
  { topic, partition }: { readonly topic: TopicSettings; readonly partition: number },
): Promise<number> => {
  const place = { topic: topic.name, partition };
  return topic.cleanup === "delete"
    ? compareInOrder(source, target, place)
    : compareLatest(source, target, place);
};

/** Restores a partition from both and compares; resolves with the number of actors. */
export const verifyStates = async (
  source: EmbeddedSource,
  target: KafkaTarget,
  { owner, position }: { readonly owner: EmbeddedOwner; readonly position: PositionRecord },
): Promise<number> => {
  const place = { topic: owner.checkpoint, partition: owner.partition };
  const found = new Map<string, string>();
  let last: Uint8Array | null | undefined;
  for await (const { key, value } of copyOf(target, place)) {
    if (key === positionKey) last = value;
    else if (value === null) found.delete(key ?? "");
    else found.set(key ?? "", digest({ key, value }));
  }
  if (last === undefined) throw wrong(place, "there is no position record");
  const read = decodePosition(last, `${place.topic}, partition ${place.partition}`);
  if (!isDeepStrictEqual(read, position)) throw wrong(place, "the position differs");
  let actors = 0;
  for (const entries of source.checkpoint(owner))
    for (const { key, value } of entries) {
      actors++;
      if (found.get(key) !== digest({ key, value })) throw wrong(place, `the state of ${key} differs`);
    }
  if (found.size !== actors) throw wrong(place, `${found.size} states of ${actors} are there`);
  return actors;
};
