import { isDeepStrictEqual } from "node:util";
import { DecodeError, UnreadableSchemaError } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AdminCommandValue,
  type AnyTopicContract,
  type AvroSchema,
  adminCommands,
  adminCommandValue,
  type DeadLetter,
  deadLetterTopic,
  defineTopic,
  fingerprintOf,
  fingerprintText,
  type JournalRecord,
  journalTopic,
  mailboxSignals,
  schemaFamilies,
  userDirectory,
} from "../src/index.ts";
import { goldenRecords } from "./golden-records.ts";
import { arbitraryOf } from "./schema-arbitrary.ts";

const families = [...schemaFamilies];

const topicOf = (...versions: readonly AvroSchema[]) =>
  defineTopic<unknown>({
    name: "things",
    doc: "Things.",
    keyDoc: "any",
    partitioning: "entity",
    retention: { cleanup: "compact" },
    writers: ["test"],
    versions,
  });

const record = (...fields: readonly object[]): AvroSchema => ({ type: "record", name: "Thing", fields });

/**
 * What became of bytes: refused as damaged or as of a schema that nobody knows, or a value that fits the
 * schema and stays itself.
 * Any other exception passes through and fails the test.
 */
const fateOf = (topic: AnyTopicContract, bytes: Uint8Array): "refused" | "valid" | "invalid" => {
  let value: unknown;
  try {
    value = topic.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof UnreadableSchemaError) return "refused";
    throw error;
  }
  return isDeepStrictEqual(topic.decode(topic.encode(value)), value) ? "valid" : "invalid";
};

const journalRecord: JournalRecord = {
  seq: 1,
  at: 2,
  stateVersion: 1,
  origin: { kind: "record", name: "inputs", partition: 0, offset: 3 },
  input: "{}",
  state: "{}",
  effects: "[]",
  pending: [{ seq: 1, index: 0, call: "{}" }],
  suppressed: [],
  parking: null,
  inputRecord: null,
  stateRecord: null,
};

const putUser: AdminCommandValue = adminCommandValue(
  {
    kind: "putUser",
    enabled: true,
    person: {
      objectId: "o",
      tenantId: "t",
      mailAddress: "secret@example.org",
      sealedMailAddress: null,
      connector: { resourceGroup: null },
    },
  },
  5,
);

test.each(families)("property: %s decodes what it encodes", (_, topic) => {
  fc.assert(
    fc.property(arbitraryOf(topic.versions.at(-1)!), (value) => {
      expect(topic.decode(topic.encode(value))).toEqual(value);
    }),
  );
});

test("a record is C3 01, the fingerprint little-endian, then Avro's binary body", () => {
  const hex = Buffer.from(topicOf("int").encode(-1)).toString("hex");
  expect(hex).toBe(["c301", "8f5c393f1ad57572", "01"].join(""));
});

test("decoded values are plain objects that survive JSON", () => {
  const decoded = adminCommands.decode(adminCommands.encode(putUser));
  expect(decoded).toStrictEqual(putUser);
  expect(Object.getPrototypeOf(decoded.person?.connector)).toBe(Object.prototype);
  expect(JSON.parse(JSON.stringify(decoded))).toStrictEqual(decoded);
});

test("bytes may be given as any Uint8Array, and null stays null", () => {
  const topic = deadLetterTopic("things", ["test"]);
  const letter: DeadLetter = {
    cause: "malformed",
    detail: "none",
    service: "test",
    originTopic: "things",
    originPartition: 0,
    originOffset: -1,
    payload: null,
    deadAt: 1,
  };
  const payload = new Uint8Array([9, 0, 255, 9]).subarray(1, 3);
  expect(topic.decode(topic.encode(letter)).payload).toBeNull();
  expect([...(topic.decode(topic.encode({ ...letter, payload })).payload ?? [])]).toEqual([0, 255]);
  expect(() => topic.encode({ ...letter, payload: "AA" as never })).toThrow(
    /payload must be \["null","bytes"\]/,
  );
});

test("records larger than the scratch buffer are whole, and what was encoded before stays as it was", () => {
  const topic = journalTopic("test");
  const small = topic.encode(journalRecord);
  const before = Buffer.from(small).toString("hex");
  for (const length of [10_000, 20_000, 3_000_000, 16_000]) {
    const large = { ...journalRecord, state: "å".repeat(length) };
    expect(topic.decode(topic.encode(large))).toEqual(large);
  }
  expect(Buffer.from(small).toString("hex")).toBe(before);
});

test("every safe integer survives as a long", () => {
  for (let bits = 0; bits <= 53; bits++)
    for (const near of [-1, 0, 1])
      for (const value of [2 ** bits + near, -(2 ** bits) + near].filter(Number.isSafeInteger))
        expect(topicOf("long").decode(topicOf("long").encode(value))).toBe(value);
  expect(() => topicOf("long").encode(2 ** 53)).toThrow("must be long");
  const beyond = Buffer.concat([
    Buffer.from(topicOf("long").encode(0)).subarray(0, 10),
    Buffer.alloc(9, 0xff),
  ]);
  expect(() => topicOf("long").decode(Buffer.concat([beyond, Buffer.of(1)]))).toThrow(DecodeError);
});

test("topics may use the same name for different things", () => {
  const connector = { resourceGroup: "g" };
  const entry = {
    version: 1,
    removed: false,
    enabled: true,
    attemptGeneration: 1,
    tenantId: "t",
    objectId: "o",
    wanted: true,
    obstacles: [],
    webex: null,
  };
  const user = { ...entry, mailAddress: "a", sealedMailAddress: null, connector };
  expect(userDirectory.decode(userDirectory.encode(user))).toEqual(user);
  expect(adminCommands.decode(adminCommands.encode(putUser))).toEqual(putUser);
});

const misfits: readonly (readonly [string, unknown, string])[] = [
  [
    "a missing field",
    { ...putUser, kind: undefined },
    "admin-commands: kind must be enum hybrid.AdminCommandKind",
  ],
  ["an unknown symbol", { ...putUser, kind: "fly" }, "kind must be enum"],
  ["a symbol that every object inherits", { ...putUser, kind: "constructor" }, "kind must be enum"],
  ["a symbol in an array", { ...putUser, kind: ["putUser"] }, "kind must be enum"],
  [
    "a wrong type deep inside",
    { ...putUser, person: { ...putUser.person, connector: { resourceGroup: 7 } } },
    'person.connector.resourceGroup must be ["null","string"], not the number 7',
  ],
  ["a fraction for a long", { ...putUser, requestedAt: 1.5 }, "requestedAt must be long, not the number 1.5"],
  ["an unsafe integer for a long", { ...putUser, requestedAt: 2 ** 60 }, "requestedAt must be long"],
  ["null", null, "the value must be record hybrid.AdminCommand, not null"],
];

test.each(misfits)(
  "%s is refused with a TypeError that names topic and field, never the content",
  (_, value, message) => {
    const encode = (): unknown => adminCommands.encode(value as AdminCommandValue);
    expect(encode).toThrow(TypeError);
    expect(encode).toThrow(message);
    expect(encode).toThrow(/^admin-commands: /);
    expect(encode).not.toThrow(/secret/);
  },
);

test("a record of an earlier version comes out as the latest one", () => {
  const kind = (...symbols: readonly string[]) => ({ type: "enum", name: "Kind", symbols, default: "other" });
  const first = record(
    { name: "count", type: "int" },
    { name: "gone", type: { type: "array", items: "string" } },
    { name: "kind", type: kind("old", "other") },
  );
  const second = record(
    { name: "total", type: "long", aliases: ["count"] },
    { name: "kind", type: kind("new", "other") },
    { name: "note", type: ["null", "string"], default: null },
  );
  const bytes = topicOf(first).encode({ count: 7, gone: ["a", "b"], kind: "old" });
  expect(topicOf(first, second).decode(bytes)).toStrictEqual({ total: 7, kind: "other", note: null });
});

test("a record of a newer schema is read by it once the schema is known, and waits until then", () => {
  const older = topicOf(record({ name: "a", type: "long" }));
  const newer = topicOf(record({ name: "a", type: "long" }, { name: "b", type: "string", default: "" }));
  const bytes = newer.encode({ a: 7, b: "new" });
  const fingerprint = fingerprintText(fingerprintOf(newer.versions[0] ?? ""));
  const published = { find: (wanted: string) => (wanted === fingerprint ? newer.versions[0] : undefined) };
  const unknown = { find: () => undefined };
  expect(() => older.decode(bytes)).toThrow(UnreadableSchemaError);
  expect(() => older.decode(bytes, unknown)).toThrow(
    `things: written with schema ${fingerprint}, which this service does not know`,
  );
  expect(older.unreadable?.(bytes, unknown)).toContain("upgrade this service");
  expect(older.unreadable?.(bytes, published)).toBeNull();
  expect(older.decode(bytes, published)).toEqual({ a: 7 });
});

test("a newer schema that cannot be turned into today's waits for the newer release, and is no damage", () => {
  const older = topicOf(record({ name: "a", type: "long" }));
  const newer = topicOf(record({ name: "a", type: "string" }));
  const bytes = newer.encode({ a: "seven" });
  const published = { find: () => newer.versions[0] };
  for (let again = 0; again < 2; again++) {
    expect(() => older.decode(bytes, published)).toThrow(UnreadableSchemaError);
    expect(older.unreadable?.(bytes, published)).toMatch(/of a newer release, .* upgrade this service$/);
  }
});

test("bytes without a schema's fingerprint do not wait: they are damage", () => {
  const topic = topicOf(record({ name: "a", type: "long" }));
  for (const bytes of [
    new Uint8Array(0),
    Uint8Array.of(0xc3, 0x01, 1),
    new TextEncoder().encode("no record of ours"),
  ]) {
    expect(topic.unreadable?.(bytes, { find: () => undefined })).toBeNull();
    expect(() => topic.decode(bytes)).toThrow(DecodeError);
  }
  const cut = topic.encode({ a: 2 ** 40 }).subarray(0, 12);
  expect(topic.unreadable?.(cut, { find: () => undefined })).toBeNull();
  expect(() => topic.decode(cut)).toThrow(DecodeError);
});

test("bytes without the marker are refused, whatever they hold", () => {
  for (const text of ["", "\u00c3", "{}", "a longer text without any marker"])
    expect(() => mailboxSignals.decode(Buffer.from(text, "latin1"))).toThrow(
      "not an Avro single-object record",
    );
});

test.each(families)(
  "%s: a golden record cut off anywhere, or with a byte too many, is refused",
  (family, topic) => {
    for (const { bytes } of goldenRecords(family)) {
      for (let length = 0; length < bytes.length; length++)
        expect(() => topic.decode(bytes.subarray(0, length))).toThrow(DecodeError);
      expect(() => topic.decode(Buffer.concat([bytes, Buffer.of(0)]))).toThrow("1 bytes too many");
    }
  },
);

/** Three bits of every byte, and all of them where the long tests run. */
const bitStep = process.env["HYBRID_LONG"] === "1" ? 1 : 3;

test.each(families)(
  "%s: a golden record with any bit flipped is refused or still a valid value",
  (family, topic) => {
    const golden = goldenRecords(family);
    expect(golden.length).toBeGreaterThan(0);
    for (const { bytes } of golden) {
      for (let bit = 0; bit < bytes.length * 8; bit += bitStep) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(fateOf(topic, flipped)).not.toBe("invalid");
      }
    }
  },
);

test.each(families)("property: %s refuses any bytes or makes a valid value of them", (_, topic) => {
  // The header is right, so that the bytes reach the reader of the body.
  const header = Buffer.from(topic.encode(fc.sample(arbitraryOf(topic.versions.at(-1)!), 1)[0])).subarray(
    0,
    10,
  );
  const body = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(
      fc.oneof(
        body,
        body.map((bytes) => Buffer.concat([header, bytes])),
      ),
      (bytes) => {
        expect(fateOf(topic, bytes)).not.toBe("invalid");
      },
    ),
    { numRuns: 500 },
  );
});

test("an array that claims billions of items is refused at once, whether read or skipped", () => {
  const list = record({ name: "list", type: { type: "array", items: "string" } }, { name: "n", type: "int" });
  const without = record({ name: "n", type: "int" });
  const header = Buffer.from(topicOf(list).encode({ list: [], n: 1 })).subarray(0, 10);
  // Zigzag varints: 2^31 items; -2^31 items in a block of 0 bytes; -1 items in a block of -2 bytes.
  for (const hex of ["808080801000", "ffffffff0f0000", "010300"]) {
    const bytes = Buffer.concat([header, Buffer.from(hex, "hex")]);
    expect(() => topicOf(list).decode(bytes)).toThrow(DecodeError);
    expect(() => topicOf(list, without).decode(bytes)).toThrow(DecodeError);
  }
});

test("schemas that cannot be read safely are refused where they are declared", () => {
  expect(() => topicOf(record({ name: "m", type: { type: "map", values: "string" } }))).toThrow("maps");
  expect(() => topicOf(record({ name: "a", type: { type: "array", items: "null" } }))).toThrow(
    "array of nulls",
  );
  expect(() => topicOf({ type: "record", name: "Empty", fields: [] })).toThrow("without fields");
  expect(() => topicOf()).toThrow("at least one schema version");
});
