import { readInt64 } from "./varint.ts";

/** Reads the primitive types of Kafka's protocol one behind the other; RangeError where the bytes end. */
export interface ResponseReader {
  int8(): number;
  int16(): number;
  int32(): number;
  /** A safe integer; RangeError for what is larger. */
  int64(): number;
  bigint64(): bigint;
  /** STRING; null is read as empty. */
  text(): string;
  /** `size` bytes as a view. */
  raw(size: number): Buffer;
  /** NULLABLE_BYTES as a view; null is read as empty. */
  sized(): Buffer;
  /** ARRAY; null is read as empty. */
  array<T>(read: () => T): T[];
}

/** A reader of one answer; `api` names it in errors. */
export const responseReader = (bytes: Buffer, api: string): ResponseReader => {
  let next = 0;
  const take = (size: number): number => {
    if (size > bytes.length - next)
      throw new RangeError(
        `the answer to ${api} ends after ${bytes.length} bytes, within a field: the broker, or what stands ` +
          "between, does not speak this version of Kafka's protocol",
      );
    const at = next;
    next += size;
    return at;
  };
  const view = (size: number): Buffer => {
    const at = take(Math.max(size, 0));
    return bytes.subarray(at, next);
  };
  const reader: ResponseReader = {
    int8: () => bytes.readInt8(take(1)),
    int16: () => bytes.readInt16BE(take(2)),
    int32: () => bytes.readInt32BE(take(4)),
    int64: () => readInt64(bytes, take(8)),
    bigint64: () => bytes.readBigInt64BE(take(8)),
    text: () => view(reader.int16()).toString("utf8"),
    raw: view,
    sized: () => view(reader.int32()),
    array(read) {
      const items = [];
      for (let left = reader.int32(); left > 0; left--) items.push(read());
      return items;
    },
  };
  return reader;
};
