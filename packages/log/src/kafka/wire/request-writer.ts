import { type Sink, writeInt64 } from "./varint.ts";

/** The bytes of a request behind its head. */
export interface RequestBody {
  readonly bytes: Buffer;
  /** Bytes of the same memory before `bytes` that are free, so that the head needs no copy. */
  readonly roomBefore: number;
}

/** More than the head of a request takes with any sensible client id. */
const headRoomBytes = 128;

/** Writes the primitive types of Kafka's protocol one behind the other (big endian). */
export interface RequestWriter {
  int8(value: number): RequestWriter;
  int16(value: number): RequestWriter;
  int32(value: number): RequestWriter;
  /** A safe integer. */
  int64(value: number): RequestWriter;
  /** NULLABLE_STRING: at most 32,767 bytes of UTF-8. */
  text(value: string | null): RequestWriter;
  /** Bytes unchanged, without a length. */
  raw(value: Buffer): RequestWriter;
  /** BYTES: a length and the bytes themselves. */
  sized(value: Buffer): RequestWriter;
  /** BYTES that `write` makes in place, `bound` of them at most. */
  sizedBy(bound: number, write: (sink: Sink) => void): RequestWriter;
  /** ARRAY: a count and the items. */
  array<T>(items: readonly T[], write: (item: T) => void): RequestWriter;
  /** What was written so far. */
  body(): RequestBody;
}

/** Room for a request of this size that its writer neither grows nor moves. */
export const roomFor = (bytesExpected: number): number => headRoomBytes + bytesExpected;

/**
 * A writer that starts with the room it is given, see {@link roomFor}, and grows when that does not suffice.
 */
export const writerInto = (room: Buffer): RequestWriter => {
  let bytes = room;
  let end = headRoomBytes;
  const take = (size: number): number => {
    if (end + size > bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, end + size));
      bytes.copy(larger, 0, 0, end);
      bytes = larger;
    }
    const at = end;
    end += size;
    return at;
  };
  // The place comes first: making room may exchange the bytes.
  const put = (size: number, write: (at: number) => unknown): RequestWriter => {
    write(take(size));
    return writer;
  };
  const writer: RequestWriter = {
    int8: (value) => put(1, (at) => bytes.writeInt8(value, at)),
    int16: (value) => put(2, (at) => bytes.writeInt16BE(value, at)),
    int32: (value) => put(4, (at) => bytes.writeInt32BE(value, at)),
    int64: (value) => put(8, (at) => writeInt64(bytes, at, value)),
    text(value) {
      if (value === null) return writer.int16(-1);
      const size = Buffer.byteLength(value);
      return writer.int16(size) && put(size, (at) => bytes.write(value, at, size, "utf8"));
    },
    raw: (value) => put(value.length, (at) => value.copy(bytes, at)),
    sized: (value) => writer.int32(value.length) && put(value.length, (at) => value.copy(bytes, at)),
    sizedBy(bound, write) {
      const at = take(4 + bound);
      const sink: Sink = { bytes, at: at + 4 };
      write(sink);
      bytes.writeInt32BE(sink.at - at - 4, at);
      end = sink.at;
      return writer;
    },
    array(items, write) {
      writer.int32(items.length);
      for (const item of items) write(item);
      return writer;
    },
    body: () => ({ bytes: bytes.subarray(headRoomBytes, end), roomBefore: headRoomBytes }),
  };
  return writer;
};

/** A writer that starts with room for `bytesExpected` and grows when that does not suffice. */
export const requestWriter = (bytesExpected: number): RequestWriter =>
  writerInto(Buffer.allocUnsafe(roomFor(bytesExpected)));
