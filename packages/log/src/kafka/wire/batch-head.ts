import { ConfigError } from "@hybrid/kernel";
import { crc32c } from "@node-rs/crc32";
import { CorruptLogError } from "../../errors.ts";
import type { TransactionalBatch } from "./aborted-transactions.ts";
import { batchAttributes, batchLayout, batchMagic } from "./batch-layout.ts";
import { readInt64 } from "./varint.ts";

/** Whose records they are, for errors. */
export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** The head of a whole batch whose check was passed. */
export interface BatchHead extends TransactionalBatch {
  /** The place in words, for errors. */
  readonly place: string;
  /** Where the batch begins and ends in its bytes. */
  readonly start: number;
  readonly end: number;
  readonly baseOffset: number;
  readonly codec: number;
  readonly baseTimestamp: number;
  /** The time of all records of the batch when the broker sets it; undefined when each has its own. */
  readonly appendedAt: number | undefined;
  readonly recordCount: number;
}

const batchPlace = ({ topic, partition }: PartitionName, baseOffset: string): string =>
  `topic ${topic}, partition ${partition}, the batch at offset ${baseOffset}`;

/** A batch that cannot be used: says where, why and what to do. */
export const damagedBatch = (place: string, why: string, options?: ErrorOptions): CorruptLogError =>
  new CorruptLogError(
    `${place} is damaged: ${why}. Read it from another replica (make another broker the leader); when all ` +
      "have it so, restore the partition, or move the consumer group past the batch and lose its records.",
    options,
  );

/** Does `read`; what it cannot make sense of (RangeError) is damage that the CRC-32C does not show. */
export const orDamaged = <T>(place: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw damagedBatch(place, `${error.message}, though its CRC-32C is right`, { cause: error });
  }
};

const checkMagic = (bytes: Buffer, start: number, place: string): void => {
  const magic = bytes.readInt8(start + batchLayout.magic);
  if (magic === batchMagic) return;
  throw new ConfigError(`${place} cannot be read`, [
    `it has record format ${magic}, and only format ${batchMagic} (Kafka 0.11 and later) can be read`,
    "have its producer write with a current client; what is stored already must be rewritten, or the " +
      "consumer group be moved past it",
  ]);
};

const readHead = (
  bytes: Buffer,
  { place, start, end }: Pick<BatchHead, "place" | "start" | "end">,
): BatchHead => {
  const attributes = bytes.readInt16BE(start + batchLayout.attributes);
  const baseOffset = readInt64(bytes, start + batchLayout.baseOffset);
  const byBroker = (attributes & batchAttributes.logAppendTime) !== 0;
  return {
    place,
    start,
    end,
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(start + batchLayout.lastOffsetDelta),
    codec: attributes & batchAttributes.codec,
    transactional: (attributes & batchAttributes.transactional) !== 0,
    control: (attributes & batchAttributes.control) !== 0,
    baseTimestamp: readInt64(bytes, start + batchLayout.baseTimestamp),
    appendedAt: byBroker ? readInt64(bytes, start + batchLayout.maxTimestamp) : undefined,
    producerId: bytes.readBigInt64BE(start + batchLayout.producerId),
    recordCount: bytes.readInt32BE(start + batchLayout.recordCount),
  };
};

/**
 * Reads the head of the batch at `start`; undefined when the bytes end before the batch does, as the last
 * one of an answer may. Throws CorruptLogError when the check (CRC-32C over everything behind it) or a
 * length is wrong, ConfigError for a format other than 2.
 */
export const batchHead = (bytes: Buffer, start: number, of: PartitionName): BatchHead | undefined => {
  if (bytes.length - start <= batchLayout.magic) return undefined;
  const place = batchPlace(of, String(bytes.readBigInt64BE(start)));
  checkMagic(bytes, start, place);
  const length = bytes.readInt32BE(start + batchLayout.length);
  if (length < batchLayout.records - batchLayout.leaderEpoch)
    throw damagedBatch(place, `it claims to be ${length} bytes long`);
  const end = start + batchLayout.leaderEpoch + length;
  if (end > bytes.length) return undefined;
  const crc = crc32c(bytes.subarray(start + batchLayout.attributes, end));
  if (crc !== bytes.readUInt32BE(start + batchLayout.crc))
    throw damagedBatch(place, "its bytes do not match its CRC-32C");
  return orDamaged(place, () => readHead(bytes, { place, start, end }));
};
