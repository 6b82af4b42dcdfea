import { crc32 } from "node:zlib";
import type { OutgoingRecord } from "../port.ts";

/** Offsets of one slot (topic partition). */
export const offsetsPerSlot = 2 ** 40;
export const slotsMax = 2 ** 13 - 1;

/** Headers as they are stored; null when there are none. */
export const headersText = (headers: OutgoingRecord["headers"]): string | null => {
  if (headers === undefined) return null;
  const text = JSON.stringify(headers);
  return text === "{}" ? null : text;
};

// Each of these steps can be undone, so that one changed word or character always changes the result.
const withWord = (hash: number, word: number): number => {
  const product = Math.imul(hash ^ word, 0x85ebca6b);
  return product ^ (product >>> 13);
};

/** Safe integers only. */
const withNumber = (hash: number, value: number): number =>
  withWord(withWord(hash, value | 0), Math.floor(value / 2 ** 32));

const withText = (hash: number, text: string): number => {
  let next = withWord(hash, text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // As UTF-8, which is what is stored: text that is no well-formed UTF-16 comes back as another one.
    if (code >= 0x80) return crc32(text, hash >>> 0);
    next = Math.imul(next ^ code, 0x01000193);
  }
  return next;
};

/** Where a record row stands, and all of it but its value. */
export interface RecordHead {
  readonly slot: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly headers: string | null;
}

/**
 * The check of a record row: place, time, key, headers and value, so that no two rows can be mistaken. The
 * head starts the CRC of the value: one call into native code, which costs more than the bytes do.
 */
export const recordCrc = (head: RecordHead, value: Uint8Array | null): number => {
  const { slot, offset, timestamp, key, headers } = head;
  const absent = (key === null ? 1 : 0) | (headers === null ? 2 : 0) | (value === null ? 4 : 0);
  let hash = withNumber(withNumber(withWord(absent, slot), offset), timestamp);
  if (key !== null) hash = withText(hash, key);
  if (headers !== null) hash = withText(hash, headers);
  return value === null ? hash >>> 0 : crc32(value, hash >>> 0);
};

/** The check of a checkpoint row. */
export const checkpointCrc = (slot: number, key: string, journalNext: number, value: Uint8Array): number =>
  crc32(value, withText(withNumber(withWord(8, slot), journalNext), key) >>> 0);

/** The check of a row made of plain columns. */
export const columnsCrc = (...columns: readonly (string | number | null)[]): number =>
  crc32(JSON.stringify(columns));
