import { type ActorId, entityKeyOf, explicitPartitionOf } from "./ids.ts";

const mixer = 0x5bd1e995;
const seed = 0x9747b28c;
const utf8 = new TextEncoder();

/** Kafka's murmur2 (32 bit, seed 0x9747b28c) over bytes, as its default partitioner uses it; unsigned. */
export const murmur2 = (bytes: Uint8Array): number => {
  const whole = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    word = Math.imul(word, mixer);
    word ^= word >>> 24;
    hash = Math.imul(hash, mixer) ^ Math.imul(word, mixer);
  }
  const rest = bytes.length - whole;
  if (rest === 3) hash ^= (bytes[whole + 2] ?? 0) << 16;
  if (rest >= 2) hash ^= (bytes[whole + 1] ?? 0) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ (bytes[whole] ?? 0), mixer);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, mixer);
  return (hash ^ (hash >>> 15)) >>> 0;
};

const scratch = new Uint8Array(1_024);

/** The key's UTF-8, valid until the next call: keys are short, and this is done for every record. */
const bytesOf = (key: string): Uint8Array => {
  // One UTF-16 unit becomes at most three bytes.
  if (key.length * 3 > scratch.length) return utf8.encode(key);
  return scratch.subarray(0, utf8.encodeInto(key, scratch).written);
};

/** The partition Kafka's default partitioner gives a UTF-8 key: `toPositive(murmur2(key)) mod partitions`. */
export const partitionOfKey = (key: string, partitions: number): number =>
  (murmur2(bytesOf(key)) & 0x7fffffff) % partitions;

/** The one partition that owns an actor: the number in its id, else the hash of organisation and entity. */
export const partitionOf = (id: ActorId, partitions: number): number =>
  explicitPartitionOf(id) ?? partitionOfKey(entityKeyOf(id), partitions);
