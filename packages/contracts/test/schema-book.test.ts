import { instant, UnreadableSchemaError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import {
  type AvroSchema,
  calendarChanges,
  decodeAsWritten,
  defineTopic,
  fingerprintOf,
  fingerprintText,
  journalTopic,
  SchemaBook,
  type SchemaLog,
  type SchemaRecord,
  schemaPublisher,
  schemas,
} from "../src/index.ts";

const now = instant(1_800_000_000_000);

/** A log of one topic; pages are short, so that several are read. */
class OneTopic implements SchemaLog {
  readonly records: Pick<SchemaRecord, "key" | "value">[] = [];
  appends = 0;
  failing = false;
  async append(records: readonly SchemaRecord[]): Promise<void> {
    if (this.failing) throw new Error("no log");
    this.appends += 1;
    for (const { topic, partition, ...record } of records) {
      expect([topic, partition]).toEqual(["schemas", 0]);
      this.records.push(record);
    }
  }
  async offsets() {
    return { start: 0, end: this.records.length };
  }
  async read({ offset }: { readonly offset: number }) {
    const records = this.records.slice(offset, offset + 2);
    return { records, nextOffset: offset + records.length };
  }
}

const keyOf = (schema: AvroSchema | undefined): string => fingerprintText(fingerprintOf(schema ?? ""));

test("what is published is found by every other reader, once it has read on", async () => {
  const log = new OneTopic();
  const [writer, reader] = [new SchemaBook(log), new SchemaBook(log)];
  const topics = [calendarChanges, journalTopic("decorator"), journalTopic("directory")];
  await writer.publish(topics, now);
  // Two journals have one schema.
  expect(log.records.map(({ key }) => key)).toEqual(
    topics.slice(0, 2).map(({ versions }) => keyOf(versions.at(-1))),
  );
  const key = keyOf(calendarChanges.versions.at(-1));
  expect(reader.find(key)).toBeUndefined();
  expect(await reader.refresh()).toBe(true);
  expect(reader.find(key)).toEqual(calendarChanges.versions.at(-1));
  expect(await reader.refresh()).toBe(false);
  await reader.publish(topics, now);
  expect(log.appends).toBe(1);
});

test("what is no schema under its own fingerprint is passed over", async () => {
  const log = new OneTopic();
  const key = keyOf(calendarChanges.versions.at(-1));
  const value = (schema: string) => schemas.encode({ schema, topic: "calendar-changes" });
  log.records.push(
    { key, value: value("not JSON") },
    { key, value: value('"string"') },
    { key, value: Uint8Array.of(1) },
    { key: keyOf("string"), value: value('"string"') },
  );
  const book = new SchemaBook(log);
  await book.refresh();
  expect(book.find(key)).toBeUndefined();
  expect(book.find(keyOf("string"))).toBe("string");
});

test("a writer that reads nothing publishes before its first record, and again after a failure", async () => {
  const log = new OneTopic();
  const publish = schemaPublisher(log, [calendarChanges], () => now);
  log.failing = true;
  await expect(publish([{ topic: calendarChanges.name }])).rejects.toThrow("no log");
  log.failing = false;
  await publish([{ topic: calendarChanges.name }, { topic: calendarChanges.name }]);
  await publish([{ topic: calendarChanges.name }, { topic: "of-nobody" }]);
  expect(log.records.map(({ key }) => key)).toEqual([keyOf(calendarChanges.versions.at(-1))]);
});

test("a state is read by the schema that it was written with, whatever the machine's is today", async () => {
  const schema: AvroSchema = {
    type: "record",
    name: "State",
    fields: [
      { name: "count", type: "long" },
      { name: "names", type: { type: "array", items: "string" } },
    ],
  };
  const states = defineTopic<unknown>({
    name: "states",
    doc: "States.",
    keyDoc: "any",
    partitioning: "entity",
    retention: { cleanup: "compact" },
    writers: ["test"],
    versions: [schema],
  });
  const state = { count: 5, names: ["a", "ä"] };
  const bytes = states.encode(state);
  expect(() => decodeAsWritten("a state", bytes)).toThrow(UnreadableSchemaError);
  const log = new OneTopic();
  const book = new SchemaBook(log);
  await book.publish([states], now);
  expect(decodeAsWritten("a state", bytes, book)).toEqual(state);
  expect(() => decodeAsWritten("a state", bytes.subarray(0, -1), book)).toThrow("a state: ");
});
