import { writeInt64 } from "./varint.ts";

/** Writes the primitive types of Kafka's protocol one behind the other (big endian). */
export interface RequestWriter {
  int8(value: number): RequestWriter;
  int16(value: number): RequestWriter;
  int32(value: number): RequestWriter;
  /** A safe integer. */
  int64(value: number): RequestWriter;
  /** NULLABLE_STRING: at most 32,767 bytes of UTF-8. */
  text(value: string | null): RequestWriter;
  /** BYTES: a length and the bytes themselves. */
  sized(value: Buffer): RequestWriter;
  /** ARRAY: a count and the items. */
  array<T>(items: readonly T[], write: (item: T) => void): RequestWriter;
  /** What was written so far. */
  bytes(): Buffer;
}

/** A writer that starts with room for `bytesExpected` and grows when that does not suffice. */
export const requestWriter = (bytesExpected: number): RequestWriter => {
  let bytes = Buffer.allocUnsafe(bytesExpected);
  let end = 0;
  const room = (size: number): number => {
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
    write(room(size));
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
    sized: (value) => writer.int32(value.length) && put(value.length, (at) => value.copy(bytes, at)),
    array(items, write) {
      writer.int32(items.length);
      for (const item of items) write(item);
      return writer;
    },
    bytes: () => bytes.subarray(0, end),
  };
  return writer;
};
