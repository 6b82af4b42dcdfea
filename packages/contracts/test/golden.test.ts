import { expect, test } from "vitest";
import { defineTopic, schemaFamilies } from "../src/index.ts";
import { goldenFolders, goldenRecords } from "./golden-records.ts";

test.each([...schemaFamilies])(
  "%s: every version has golden records of at least two cases",
  (family, { versions }) => {
    const golden = goldenRecords(family);
    for (const version of versions.keys())
      expect(golden.filter((record) => record.version === version + 1).length).toBeGreaterThanOrEqual(2);
    expect(golden.every(({ version }) => version >= 1 && version <= versions.length)).toBe(true);
  },
);

test("no golden records are left of a topic that is gone: its records may still stand somewhere", () => {
  expect(goldenFolders().toSorted()).toEqual([...schemaFamilies.keys()].toSorted());
});

const records = [...schemaFamilies].flatMap(([family, topic]) =>
  goldenRecords(family).map((golden) => [`${family}/${golden.file}`, topic, golden] as const),
);

test.each(records)("%s decodes, and its version still encodes to the same bytes", (_, topic, golden) => {
  // A topic as it was when the version was the latest.
  const then = defineTopic({ ...topic, versions: topic.versions.slice(0, golden.version) });
  expect(then.decode(golden.bytes)).toEqual(golden.value);
  expect(Buffer.from(then.encode(golden.value)).toString("hex")).toBe(golden.bytes.toString("hex"));
  const now: unknown = topic.decode(golden.bytes);
  expect(topic.decode(topic.encode(now))).toEqual(now);
});
