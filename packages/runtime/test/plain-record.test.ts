import { type CheckpointRecord, checkpointTopic, defineTopic } from "@hybrid/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { plainReader } from "../src/store/plain-record.ts";

const topic = checkpointTopic("ledger");
const read = plainReader(topic);

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const anyPlain: fc.Arbitrary<CheckpointRecord> = fc.record({
  seq: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  at: fc.oneof(fc.nat(), fc.integer({ min: 0, max: 8_640_000_000_000_000 })),
  stateVersion: int,
  state: fc.string({ unit: "binary", maxLength: 500 }),
  pending: fc.constant([]),
  suppressed: fc.constant([]),
  parked: fc.constant(null),
});

const plainRecord: CheckpointRecord = {
  seq: 1,
  at: 2,
  stateVersion: 1,
  state: "{}",
  pending: [],
  suppressed: [],
  parked: null,
};

/** The record somewhere inside a larger buffer. */
const inside = (record: Uint8Array): readonly [Buffer, number, number] => {
  const bytes = Buffer.concat([Buffer.from("before"), record, Buffer.from("behind")]);
  return [bytes, 6, 6 + record.length];
};

test("property: a plain record is read as the codec reads it, or left to the codec", () => {
  let byHand = 0;
  fc.assert(
    fc.property(anyPlain, (record) => {
      const { seq, stateVersion, state } = topic.decode(topic.encode(record));
      const plain = read(...inside(topic.encode(record)));
      if (plain === undefined) return;
      byHand += 1;
      expect(plain).toEqual({ seq, stateVersion, state });
    }),
  );
  expect(byHand).toBeGreaterThan(50);
});

test("property: a record of an ordinary actor is always read by hand", () => {
  const anyActor = fc.record({
    seq: fc.nat(),
    at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    stateVersion: fc.integer({ min: 1, max: 1_000 }),
    state: fc.json(),
  });
  fc.assert(
    fc.property(anyActor, (actor) => {
      const record = topic.encode({ ...actor, pending: [], suppressed: [], parked: null });
      const { seq, stateVersion, state } = actor;
      expect(read(...inside(record))).toEqual({ seq, stateVersion, state });
    }),
  );
});

test("what has pending calls, suppressed timers, parked inputs or an Avro state is left to the codec", () => {
  const parked = { cause: "stepFailed", reason: "", since: 0, overflowed: false, inputs: [] };
  for (const change of [
    { pending: [{ seq: 0, index: 0, call: "" }] },
    { suppressed: [{ name: "", dueAt: 0 }] },
    { parked },
    { stateRecord: Uint8Array.of(0xc3, 0x01) },
  ])
    expect(read(...inside(topic.encode({ ...plainRecord, ...change })))).toBeUndefined();
});

test.each([1, 2])("a record of schema %i is left to the codec, which gives it what it lacks", (version) => {
  const before = defineTopic<CheckpointRecord>({ ...topic, versions: topic.versions.slice(0, version) });
  const old: CheckpointRecord = { ...plainRecord };
  expect(read(...inside(before.encode(old)))).toBeUndefined();
  expect(topic.decode(before.encode(old))).toEqual({ ...old, stateRecord: null });
});

test("property: damaged bytes are never taken for another plain record than the codec's", () => {
  const change = fc.tuple(fc.nat({ max: 400 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(anyPlain, fc.array(change, { maxLength: 4 }), fc.nat({ max: 20 }), (record, changes, cut) => {
      const whole = Buffer.from(topic.encode(record));
      for (const [at, byte] of changes) whole[at % whole.length] = byte;
      const bytes = whole.subarray(0, whole.length - (cut > 10 ? 0 : cut));
      const plain = read(...inside(bytes));
      if (plain === undefined) return;
      const { seq, stateVersion, state } = topic.decode(bytes);
      expect(plain).toEqual({ seq, stateVersion, state });
    }),
  );
});
