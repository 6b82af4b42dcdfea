import type { CheckpointRecord, JournalRecord } from "@hybrid/contracts";
import type { Topic } from "@hybrid/kernel";

/** Encodes the records that a step leaves, as their topics' codecs do. */
export interface RecordWriter {
  journal(record: JournalRecord): Uint8Array;
  checkpoint(record: CheckpointRecord): Uint8Array;
}

const headerBytes = 10;
/** Records are slices of a shared buffer of this size (a sheet): no copies, no small allocations. */
const sheetBytes = 64 * 1024;
/** Longer texts are left to the codec, so that the rest of a sheet is never much. */
const textUnitsMax = 4 * 1024;
/** More than the numbers, counts and the header of a record take. */
const fixedBytes = 96;
/** Bytes of UTF-8 that one UTF-16 unit becomes at most. */
const bytesPerUnit = 3;
/** Where doubling a number, as zigzag does, is still exact. */
const numberEnd = 2 ** 52;

const isNumber = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < numberEnd;
const isInt = (value: number): boolean => value >= 0 && value === (value | 0);

/** A pen over the current sheet; `at` is where the next byte goes. */
class Pen {
  #sheet = Buffer.alloc(0);
  #from = 0;
  #at = 0;

  /** Begins a record with its header; there is room for `units` of text. */
  begin(header: Uint8Array, units: number): void {
    if (this.#sheet.length - this.#at < fixedBytes + units * bytesPerUnit) {
      this.#sheet = Buffer.allocUnsafeSlow(sheetBytes);
      this.#at = 0;
    }
    this.#from = this.#at;
    // So few bytes are copied faster here than by a call into native code.
    for (let n = 0; n < headerBytes; n++) this.#sheet[this.#at++] = header[n] ?? 0;
  }

  /** The record that was begun. */
  end(): Buffer {
    return this.#sheet.subarray(this.#from, this.#at);
  }

  number(value: number): void {
    let magnitude = value * 2;
    // Beyond 31 bits the operators on whole numbers no longer work.
    for (; magnitude > 0x7fffffff; magnitude = Math.floor(magnitude / 128))
      this.#sheet[this.#at++] = (magnitude % 128) | 0x80;
    for (; magnitude > 0x7f; magnitude >>= 7) this.#sheet[this.#at++] = (magnitude & 0x7f) | 0x80;
    this.#sheet[this.#at++] = magnitude;
  }

  text(value: string): void {
    const start = this.#at;
    // Nearly all text is ASCII: its length in bytes, and so the length of that length, is known beforehand.
    this.number(value.length);
    const guessed = this.#at;
    const written = this.#sheet.write(value, guessed, "utf8");
    if (written !== value.length) {
      this.#at = start;
      this.number(written);
      if (this.#at !== guessed) this.#sheet.write(value, this.#at, "utf8");
    }
    this.#at += written;
  }

  /** Empty arrays and first branches of unions: nothing pending, suppressed or parked, and no Avro. */
  nothing(fields: number): void {
    for (let n = 0; n < fields; n++) this.#sheet[this.#at++] = 0;
  }
}

const isPlain = (record: Omit<CheckpointRecord, "parked">): boolean => {
  const { seq, at, stateVersion, pending, suppressed, stateRecord } = record;
  const isEmpty = pending.length === 0 && suppressed.length === 0 && !stateRecord;
  return isEmpty && isNumber(seq) && isNumber(at) && isInt(stateVersion);
};

const journalWriter = ({ encode }: Pick<Topic<JournalRecord>, "encode">, pen: Pen) => {
  const sample: JournalRecord = {
    seq: 1_000,
    at: 2 ** 41,
    stateVersion: 3,
    input: '"ä"',
    state: "{}",
    effects: "[]",
    origin: { kind: "record", name: "name", partition: 5, offset: 6 },
    pending: [],
    suppressed: [],
    parking: null,
  };
  const expected = Buffer.from(encode(sample));
  const header = expected.subarray(0, headerBytes);
  const write = (record: JournalRecord, units: number): Buffer => {
    const { origin } = record;
    pen.begin(header, units);
    pen.number(record.seq);
    pen.number(record.at);
    pen.number(record.stateVersion);
    // The first symbol: a record.
    pen.number(0);
    pen.text(origin.name);
    pen.number(origin.partition);
    pen.number(origin.offset);
    pen.text(record.input);
    pen.text(record.state);
    pen.text(record.effects);
    pen.nothing(5);
    return pen.end();
  };
  const known = write(sample, 20).equals(expected);
  return (record: JournalRecord): Uint8Array => {
    const { origin } = record;
    const units = origin.name.length + record.input.length + record.state.length + record.effects.length;
    const plain =
      known &&
      units <= textUnitsMax &&
      record.parking === null &&
      !record.inputRecord &&
      origin.kind === "record" &&
      isInt(origin.partition) &&
      isNumber(origin.offset) &&
      isPlain(record);
    return plain ? write(record, units) : encode(record);
  };
};

const checkpointWriter = ({ encode }: Pick<Topic<CheckpointRecord>, "encode">, pen: Pen) => {
  const sample: CheckpointRecord = {
    seq: 1_000,
    at: 2 ** 41,
    stateVersion: 3,
    state: '"ä"',
    pending: [],
    suppressed: [],
    parked: null,
  };
  const expected = Buffer.from(encode(sample));
  const header = expected.subarray(0, headerBytes);
  const write = (record: CheckpointRecord): Buffer => {
    pen.begin(header, record.state.length);
    pen.number(record.seq);
    pen.number(record.at);
    pen.number(record.stateVersion);
    pen.text(record.state);
    pen.nothing(4);
    return pen.end();
  };
  const known = write(sample).equals(expected);
  return (record: CheckpointRecord): Uint8Array =>
    known && record.state.length <= textUnitsMax && record.parked === null && isPlain(record)
      ? write(record)
      : encode(record);
};

/**
 * A writer of the records that nearly every step leaves: caused by a source record, with no pending calls, no
 * suppressed timers and nothing parked. It does by hand what the codec does by walking the schema; what it
 * does not know it leaves to the codec, all of it once the newest schema is another one. The bytes are views
 * of sheets that hold other records as well: to keep one for long, copy it.
 */
export const recordWriter = (topics: {
  readonly journal: Pick<Topic<JournalRecord>, "encode">;
  readonly checkpoint: Pick<Topic<CheckpointRecord>, "encode">;
}): RecordWriter => ({
  // Sheets of their own: checkpoint records are kept for a while, and would keep the journal's with them.
  journal: journalWriter(topics.journal, new Pen()),
  checkpoint: checkpointWriter(topics.checkpoint, new Pen()),
});
