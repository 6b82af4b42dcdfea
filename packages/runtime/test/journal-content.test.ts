import {
  type AvroSchema,
  type CheckpointRecord,
  checkpointTopic,
  defineTopic,
  fingerprintOf,
  fingerprintText,
  type JournalRecord,
  journalTopic,
  type TopicContract,
} from "@hybrid/contracts";
import { actorIdOf, instant, UnreadableSchemaError } from "@hybrid/kernel";
import type { OwnedPartition, RestoredRecord } from "@hybrid/log";
import { expect, test } from "vitest";
import { frameOf, type RawTopology } from "../src/frame.ts";
import { defaultLimits, inJson } from "../src/index.ts";
import { restorePartition } from "../src/partition/restore.ts";
import { workingMemory } from "../src/process/memory-share.ts";
import { decodeActor } from "../src/store/actor-codec.ts";
import { foldJournal } from "../testing/index.ts";
import { catalog, initial, type Ledger, orders, topology } from "./ledger.ts";
import { Workbench } from "./workbench.ts";

const journal = journalTopic("ledger");
const checkpoint = checkpointTopic("ledger");
const actor = actorIdOf("acme/u-1");

const stateSchema: AvroSchema = {
  type: "record",
  name: "LedgerState",
  fields: [
    { name: "total", type: "long" },
    { name: "applied", type: { type: "array", items: "string" } },
    { name: "timers", type: { type: "array", items: "string" } },
  ],
};
const statesIn = (schema: AvroSchema): TopicContract<Ledger> => {
  const { doc, keyDoc, partitioning, retention, writers } = orders;
  return defineTopic<Ledger>({
    name: "states",
    doc,
    keyDoc,
    partitioning,
    retention,
    writers,
    versions: [schema],
  });
};
const states = statesIn(stateSchema);
const fingerprint = fingerprintText(fingerprintOf(stateSchema));
const schemas = { find: (wanted: string) => (wanted === fingerprint ? stateSchema : undefined) };

const origin = { kind: "record", name: orders.name, partition: 0, offset: 4 } as const;
const order = { kind: "add", id: "1", n: 3 } as const;
const after: Ledger = { total: 3, applied: ["1"], timers: [] };

const inTexts: JournalRecord = {
  seq: 1,
  at: 1_800_000_000_000,
  stateVersion: 1,
  origin,
  input: JSON.stringify(order),
  state: JSON.stringify(after),
  effects: "[]",
  pending: [],
  suppressed: [],
  parking: null,
  inputRecord: null,
  stateRecord: null,
};

const inAvro: JournalRecord = {
  ...inTexts,
  input: "",
  state: "",
  inputRecord: { key: actor, timestamp: 1_799_999_999_000, value: orders.encode({ order }) },
  stateRecord: states.encode(after),
};

const throughTheLog = (record: JournalRecord): JournalRecord => journal.decode(journal.encode(record));

test("a journal says the same in both forms: to readers, and to who plays it again", () => {
  const forms = [inTexts, inAvro].map(throughTheLog);
  const read = forms.map((record) => inJson(record, { topology, schemas }));
  expect(read).toEqual([inTexts, inTexts]);
  for (const record of forms) {
    const folded = foldJournal(topology, [{ ...record, actor, partition: 0 }], { schemas });
    expect(folded).toEqual({ states: new Map([[actor, after]]), faults: [] });
  }
});

test("a journal in Avro that today's machine would not write is found out as one in JSON is", () => {
  const other = throughTheLog({ ...inAvro, stateRecord: states.encode({ ...after, total: 4 }) });
  const { faults } = foldJournal(topology, [{ ...other, actor, partition: 0 }], { schemas });
  expect(faults).toEqual([{ actor, seq: 1, what: "state" }]);
});

test("what cannot be read says what is missing", () => {
  const unknown = statesIn({ ...(stateSchema as object), name: "Unpublished" });
  expect(() => inJson({ ...inTexts, stateRecord: unknown.encode(after) }, { topology, schemas })).toThrow(
    UnreadableSchemaError,
  );
  const elsewhere = { ...inAvro, origin: { ...origin, name: "ledger-gone" } };
  expect(() => inJson(elsewhere, { topology, schemas })).toThrow("ledger-gone, which is no source");
});

const frameWith = (bench: Workbench) => {
  const limits = defaultLimits;
  return frameOf(topology as unknown as RawTopology, catalog, {
    ...bench.options(),
    limits,
    memory: workingMemory(limits),
    observer: undefined,
    schemas: { ...schemas, refresh: async () => false },
  });
};

/** A partition whose checkpoint and journal's tail are these. */
const holding = (records: readonly RestoredRecord[]): OwnedPartition => ({
  partition: 0,
  epoch: 1,
  position: { sources: {}, at: instant(1_800_000_000_000) },
  restore: async function* () {
    yield records;
  },
  poll: () => Promise.resolve([]),
  commit: () => Promise.reject(new Error("nothing is committed here")),
  logTime: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
});

const versionsOf = <Value>(topic: TopicContract<Value>) =>
  topic.versions.map((_, index) => defineTopic({ ...topic, versions: topic.versions.slice(0, index + 1) }));

test("checkpoints and journals of every version, in either form, restore to the same state", async () => {
  const bench = await Workbench.open();
  const frame = frameWith(bench);
  const rest = { seq: 3, at: 1, stateVersion: 1, pending: [], suppressed: [], parked: null };
  const text: CheckpointRecord = { ...rest, state: JSON.stringify(after) };
  const record: CheckpointRecord = { ...rest, state: "", stateRecord: states.encode(after) };
  const given = async (records: readonly RestoredRecord[]) => {
    const restored = await restorePartition(frame, { owned: holding(records), journalEnd: 0 }, () => true);
    const bytes = restored?.store.get(actor);
    const { state, seq } = decodeActor(frame, actor, bytes ?? new Uint8Array());
    return { state, seq };
  };
  const stored = [
    ...versionsOf(checkpoint).map((topic) => topic.encode(text)),
    checkpoint.encode(record),
  ].map((value): RestoredRecord => ({ origin: "checkpoint", key: actor, value }));
  const tails = [
    ...versionsOf(journal).map((topic) => topic.encode({ ...inTexts, seq: 3 })),
    journal.encode({ ...inAvro, seq: 3 }),
  ].map((value): RestoredRecord => ({ origin: "journal", key: actor, value }));
  for (const one of [...stored, ...tails]) expect(await given([one])).toEqual({ state: after, seq: 3 });
  const older = checkpoint.encode({ ...text, seq: 1, state: JSON.stringify(initial) });
  for (const tail of tails)
    expect(await given([{ origin: "checkpoint", key: actor, value: older }, tail])).toEqual({
      state: after,
      seq: 3,
    });
  await bench.close();
});
