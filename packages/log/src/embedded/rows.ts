import { crc32 } from "node:zlib";
import type { OutgoingRecord } from "../port.ts";

/** Offsets of one slot (topic partition); the row id is `slot * offsetsPerSlot + offset`, exact to 2^53. */
export const offsetsPerSlot = 2 ** 40;
export const slotsMax = 2 ** 13 - 1;

/** Headers as they are stored; null when there are none. */
export const headersText = (headers: OutgoingRecord["headers"]): string | null => {
  if (headers === undefined) return null;
  const text = JSON.stringify(headers);
  return text === "{}" ? null : text;
};

/** The check of a record row: place, time, key, headers and value, so that no two rows can be mistaken. */
export const recordCrc = (
  id: number,
  timestamp: number,
  text: { readonly key: string | null; readonly headers: string | null },
  value: Uint8Array | null,
): number => {
  const head = crc32(`${id} ${timestamp} ${text.key === null ? "-" : `=${text.key}`} ${text.headers ?? ""}`);
  return value === null ? head : crc32(value, (head ^ 1) >>> 0);
};

/** The check of a checkpoint row. */
export const checkpointCrc = (slot: number, key: string, journalNext: number, value: Uint8Array): number =>
  crc32(value, crc32(key, crc32(`${slot} ${journalNext}`)));

/** The check of a row made of plain columns. */
export const columnsCrc = (...columns: readonly (string | number | null)[]): number =>
  crc32(JSON.stringify(columns));
