import { expect, test } from "vitest";
import { calendarChanges, defineTopic, sealedType } from "../src/index.ts";

const topic = defineTopic<Readonly<Record<string, unknown>>>({
  ...calendarChanges,
  name: "letters",
  versions: [
    {
      type: "record",
      name: "Letter",
      namespace: "test",
      fields: [
        { name: "subject", type: sealedType("user") },
        { name: "body", type: ["null", sealedType("user", false)] },
      ],
    },
  ],
});

const box = { sealedFor: "acme/u-1", keyId: "1", box: "AQ" };

test("a topic knows whose sealed values it holds, and gives them back closed", () => {
  expect(topic.sealed).toEqual(["user"]);
  expect(calendarChanges.sealed).toEqual([]);
  expect(topic.decode(topic.encode({ subject: box, body: box }))).toEqual({ subject: box, body: box });
});

test("a value that is still open is refused, and so is one that was never sealed", () => {
  const open = { sealedFor: "acme/u-1", keyId: "1", value: "for her eyes" };
  expect(() => topic.encode({ subject: open, body: null })).toThrow(TypeError);
  expect(() => topic.encode({ subject: "for her eyes", body: null })).toThrow(TypeError);
});
