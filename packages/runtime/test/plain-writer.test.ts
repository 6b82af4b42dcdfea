import {
  type CheckpointRecord,
  checkpointTopic,
  defineTopic,
  type JournalRecord,
  journalTopic,
} from "@hybrid/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { recordWriter } from "../src/store/plain-writer.ts";

const journal = journalTopic("ledger");
const checkpoint = checkpointTopic("ledger");

/** Counts what was left to the codec. */
const writing = () => {
  const left = { journal: 0, checkpoint: 0 };
  const writer = recordWriter({
    journal: { encode: (record) => (left.journal++, journal.encode(record)) },
    checkpoint: { encode: (record) => (left.checkpoint++, checkpoint.encode(record)) },
  });
  // Each has encoded a sample to learn the header.
  left.journal = left.checkpoint = 0;
  return { writer, left };
};

const text = fc.oneof(fc.json(), fc.string({ unit: "binary", maxLength: 300 }));
const long = fc.oneof(fc.nat(), fc.maxSafeInteger(), fc.constantFrom(63, 64, 8_191, 8_192, 2 ** 52));
const int = fc.oneof(fc.nat(), fc.integer());
const pending = fc.array(fc.record({ seq: fc.nat(), index: fc.nat(), call: text }), { maxLength: 1 });
const suppressed = fc.array(fc.record({ name: text, dueAt: fc.nat() }), { maxLength: 1 });
const stateRecord = fc.constantFrom(null, null, null, Uint8Array.of(0xc3, 0x01, 7));
const numbers = { seq: long, at: long, stateVersion: int, pending, suppressed, stateRecord };
const reason = { cause: "stepFailed", reason: "", since: 0, overflowed: false };
const origin = fc.record({
  kind: fc.constantFrom("record", "record", "timer", "outcome", "tell"),
  name: text,
  partition: int,
  offset: long,
});

const anyJournal: fc.Arbitrary<JournalRecord> = fc.record({
  ...numbers,
  origin,
  input: text,
  state: text,
  effects: text,
  parking: fc.constantFrom(null, { ...reason, taken: 1, kept: null, left: 0 }),
  inputRecord: fc.constantFrom(null, null, { key: "a", timestamp: 1, value: Uint8Array.of(7) }),
});
const anyCheckpoint: fc.Arbitrary<CheckpointRecord> = fc.record({
  ...numbers,
  state: text,
  parked: fc.constantFrom(null, { ...reason, inputs: [] }),
});

const bytesOf = (record: Uint8Array): string => Buffer.from(record).toString("hex");

test("property: whatever the record, its bytes are the codec's", () => {
  const { writer } = writing();
  fc.assert(
    fc.property(anyJournal, anyCheckpoint, (step, rest) => {
      expect(bytesOf(writer.journal(step))).toBe(bytesOf(journal.encode(step)));
      expect(bytesOf(writer.checkpoint(rest))).toBe(bytesOf(checkpoint.encode(rest)));
    }),
  );
});

const ordinary: JournalRecord = {
  seq: 7,
  at: 1_800_000_000_000,
  stateVersion: 1,
  input: "{}",
  state: '{"n":1}',
  effects: "[]",
  origin: { kind: "record", name: "inputs", partition: 3, offset: 8_192 },
  pending: [],
  suppressed: [],
  parking: null,
  inputRecord: null,
  stateRecord: null,
};

test("an ordinary step is written by hand, anything else is left to the codec", () => {
  const { writer, left } = writing();
  writer.journal(ordinary);
  writer.checkpoint({ ...ordinary, parked: null });
  expect(left).toEqual({ journal: 0, checkpoint: 0 });
  const outcome = { ...ordinary.origin, kind: "outcome" } as const;
  const others: readonly Partial<JournalRecord>[] = [
    { origin: outcome },
    { pending: [{ seq: 7, index: 0, call: "{}" }] },
    { suppressed: [{ name: "look", dueAt: 1 }] },
    { parking: { ...reason, taken: 1, kept: null, left: 0 } },
    { seq: 2 ** 52 },
    { input: "", inputRecord: { key: null, timestamp: 1, value: Uint8Array.of(7) } },
    { state: "", stateRecord: Uint8Array.of(7) },
    { state: "n".repeat(5_000) },
  ];
  for (const other of others) writer.journal({ ...ordinary, ...other });
  expect(left.journal).toBe(others.length);
});

test("records that were written do not change while sheets are filled and begun again", () => {
  const { writer, left } = writing();
  const records = Array.from({ length: 500 }, (_, seq) => ({ ...ordinary, seq, state: "ä".repeat(seq) }));
  const written = records.map((record) => writer.journal(record));
  expect(left.journal).toBe(0);
  for (const [n, record] of records.entries())
    expect(bytesOf(written[n]!)).toBe(bytesOf(journal.encode(record)));
});

test("a misfit is refused as the codec refuses it", () => {
  const { writer } = writing();
  expect(() => writer.journal({ ...ordinary, seq: 1.5 })).toThrow("seq must be long");
  expect(() => writer.checkpoint({ ...ordinary, stateVersion: 2 ** 31, parked: null })).toThrow(TypeError);
});

test("once the newest schema is another one everything is left to the codec", () => {
  const fields = [...(journal.versions.at(-1) as { fields: readonly object[] }).fields];
  const more = { name: "more", type: "int", default: 0 };
  const next = { ...(journal.versions.at(-1) as object), fields: [...fields, more] };
  const newer = defineTopic<JournalRecord>({ ...journal, versions: [...journal.versions, next] });
  const encode = (record: JournalRecord) => newer.encode({ ...record, more: 0 } as JournalRecord);
  const writer = recordWriter({ journal: { encode }, checkpoint });
  expect(newer.decode(writer.journal(ordinary))).toEqual({ ...ordinary, more: 0 });
});
