/**
 * Kafka's varints are zigzag numbers in groups of seven bits, lowest first. Zigzag is twice the magnitude
 * plus the sign, so the first byte carries the sign and six bits, and doubles hold every safe integer
 * exactly: no BigInt is needed for the varlongs of timestamps.
 */
const signed = (magnitude: number, negative: boolean): number => (negative ? -magnitude - 1 : magnitude);

const magnitudeOf = (value: number): number => (value < 0 ? -value - 1 : value);

/** A place in bytes that moves on as they are read. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** Bytes that fill up from the front; the one who makes them makes them large enough. */
export interface Sink {
  readonly bytes: Buffer;
  at: number;
}

/** The most that a varint of a 32-bit number takes, and a varlong of a safe integer, in bytes. */
export const varintBytesMax = 5;
export const varlongBytesMax = 8;

/** How many bytes {@link writeVarint} takes for a safe integer: 1 to 8. */
export const varintBytes = (value: number): number => {
  const magnitude = magnitudeOf(value);
  if (magnitude < 64) return 1;
  if (magnitude < 8_192) return 2;
  if (magnitude < 1_048_576) return 3;
  let bytes = 4;
  for (let bound = 134_217_728; magnitude >= bound; bound *= 128) bytes++;
  return bytes;
};

/** Writes a safe integer as varint (or varlong: they are the same bytes). */
export const writeVarint = (sink: Sink, value: number): void => {
  const { bytes } = sink;
  const sign = value < 0 ? 1 : 0;
  let rest = magnitudeOf(value);
  if (rest < 64) {
    bytes[sink.at++] = rest * 2 + sign;
    return;
  }
  bytes[sink.at++] = 0x80 | ((rest % 64) * 2) | sign;
  for (rest = Math.floor(rest / 64); rest >= 128; rest = Math.floor(rest / 128))
    bytes[sink.at++] = 0x80 | (rest % 128);
  bytes[sink.at++] = rest;
};

/**
 * Reads a varint or varlong. Throws RangeError when it is no safe integer. Behind the end of the bytes it
 * reads zeros: the reader of a record compares the place after it with the record's length.
 */
export const readVarint = (cursor: Cursor): number => {
  const { bytes } = cursor;
  let byte = bytes[cursor.at++] ?? 0;
  const negative = (byte & 1) === 1;
  let magnitude = (byte & 0x7f) >> 1;
  for (let scale = 64; byte >= 0x80; scale *= 128) {
    byte = bytes[cursor.at++] ?? 0;
    magnitude += (byte & 0x7f) * scale;
    if (magnitude > Number.MAX_SAFE_INTEGER || scale > Number.MAX_SAFE_INTEGER)
      throw new RangeError("a varint is larger than 2^53");
  }
  return signed(magnitude, negative);
};

/** Reads a signed 64-bit number (big endian). Throws RangeError when it is no safe integer. */
export const readInt64 = (bytes: Buffer, at: number): number => {
  const value = bytes.readInt32BE(at) * 4_294_967_296 + bytes.readUInt32BE(at + 4);
  if (!Number.isSafeInteger(value)) throw new RangeError("a 64-bit number is larger than 2^53");
  return value;
};

/** Writes a safe integer as signed 64-bit number (big endian). */
export const writeInt64 = (bytes: Buffer, at: number, value: number): void => {
  bytes.writeInt32BE(Math.floor(value / 4_294_967_296), at);
  bytes.writeUInt32BE(((value % 4_294_967_296) + 4_294_967_296) % 4_294_967_296, at + 4);
};
