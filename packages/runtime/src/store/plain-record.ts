import type { CheckpointRecord } from "@hybrid/contracts";
import type { Topic } from "@hybrid/kernel";

/** What a restore must know of an actor that has nothing on its way: nearly every one. */
export interface PlainRecord {
  readonly seq: number;
  readonly stateVersion: number;
  /** JSON. */
  readonly state: string;
}

/** Reads a record in a stretch of a buffer; undefined when it is not plain: then the codec reads it. */
export type PlainReader = (bytes: Buffer, start: number, end: number) => PlainRecord | undefined;

const headerBytes = 10;
/** Pending, suppressed, parked and a state in Avro: two empty arrays, and twice the union's null. */
const tailBytes = 4;

/** A cursor over Avro's variable-length numbers; `at` is one behind the last byte read. */
class Cursor {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** A zigzag number; NaN when it is none that is safe. */
  number(): number {
    // The sign is taken off before the rest is weighed: a sum beyond the safe integers would lose it.
    let byte = this.#bytes[this.at++] ?? 0;
    const negative = (byte & 1) === 1;
    let magnitude = (byte & 0x7f) >> 1;
    for (let weight = 64; byte >= 0x80; weight *= 128) {
      if (weight > Number.MAX_SAFE_INTEGER) return Number.NaN;
      byte = this.#bytes[this.at++] ?? 0;
      magnitude += (byte & 0x7f) * weight;
    }
    const number = negative ? -magnitude - 1 : magnitude;
    return Number.isSafeInteger(number) ? number : Number.NaN;
  }
}

/**
 * A reader of checkpoint records of the newest schema whose state is JSON, that have no pending calls, no
 * suppressed timers and are not parked. It does by hand what the codec does by walking the schema, in a third
 * of the time; whatever it does not know it leaves to the codec, and a property test holds the two together.
 */
export const plainReader = (checkpoint: Pick<Topic<CheckpointRecord>, "encode">): PlainReader => {
  const sample = { seq: 0, at: 0, stateVersion: 0, state: "", pending: [], suppressed: [], parked: null };
  const header = Buffer.from(checkpoint.encode(sample).subarray(0, headerBytes));
  return (bytes, start, end) => {
    if (end < start + headerBytes) return undefined;
    // So few bytes are compared faster here than by a call into native code.
    for (let n = 0; n < headerBytes; n++) if (bytes[start + n] !== header[n]) return undefined;
    const cursor = new Cursor(bytes, start + headerBytes);
    const seq = cursor.number();
    const at = cursor.number();
    const stateVersion = cursor.number();
    const length = cursor.number();
    const from = cursor.at;
    const to = from + length;
    if (length < 0 || to + tailBytes !== end || Number.isNaN(seq + at)) return undefined;
    if (stateVersion !== (stateVersion | 0)) return undefined;
    for (let n = to; n < end; n++) if (bytes[n] !== 0) return undefined;
    return { seq, stateVersion, state: bytes.toString("utf8", from, to) };
  };
};
