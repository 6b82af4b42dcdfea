/**
 * Where the fields of a record batch stand, in bytes from its start (KIP-98, "RecordBatch"; magic 2): the
 * length counts from `leaderEpoch` on, the CRC-32C covers everything from `attributes` on.
 */
export const batchLayout = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
  records: 61,
} as const;

/** The record format that this driver writes and reads. */
export const batchMagic = 2;

/** The bits of a batch's attributes (KIP-98): codec in the lowest three, then flags. */
export const batchAttributes = {
  codec: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
} as const;
