import { type Cursor, readVarint } from "./varint.ts";

/** Texts up to this length are looked at byte by byte before they are read. */
const shortText = 128;

const isAscii = (bytes: Buffer, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) > 0x7f) return false;
  return true;
};

/** UTF-8 as text; what is no UTF-8 becomes U+FFFD. ASCII, which most keys are, takes the faster way. */
export const textAt = (bytes: Buffer, start: number, end: number): string => {
  const fast = end - start <= shortText && isAscii(bytes, start, end);
  return bytes.toString(fast ? "latin1" : "utf8", start, end);
};

/** Reads the length of a field and moves behind the field; -1 is null. Throws RangeError beyond `end`. */
export const skipField = (cursor: Cursor, end: number): number => {
  const size = readVarint(cursor);
  if (size > 0) cursor.at += size;
  if (cursor.at > end || size < -1) throw new RangeError("a field does not end within its record");
  return size;
};

const readText = (cursor: Cursor, end: number): string => {
  const size = skipField(cursor, end);
  return size > 0 ? textAt(cursor.bytes, cursor.at - size, cursor.at) : "";
};

/** Reads `count` headers (KIP-98, "Header"): a repeated name keeps its last value, null is empty text. */
export const readHeaders = (cursor: Cursor, count: number, end: number): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (let left = count; left > 0; left--) {
    const name = readText(cursor, end);
    const value = readText(cursor, end);
    // Assigning would set the prototype instead.
    if (name === "__proto__") Object.defineProperty(headers, name, { value, enumerable: true });
    else headers[name] = value;
  }
  return headers;
};

/** Where the next record begins; the length before it says where it ends. Throws RangeError beyond `end`. */
export const recordEnd = (cursor: Cursor, end: number): number => {
  const size = readVarint(cursor);
  if (size < 0 || cursor.at + size > end) throw new RangeError("a record does not end within its batch");
  return cursor.at + size;
};
