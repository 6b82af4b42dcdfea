import fc from "fast-check";
import { expect, test } from "vitest";
import { readExternalId } from "../src/domain/external-id.ts";

const id = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
const found = { kind: "objectId", objectId: id };

test.each([
  ["the id", id, found],
  ["capital letters", id.toUpperCase(), found],
  ["white space around", ` ${id}\n`, found],
  ["braces", `{${id}}`, found],
  ["text that an export puts in front", `User_${id}`, found],
  ["text with a colon", `objectId: ${id}`, found],
  ["nothing", null, { kind: "missing" }],
  ["white space", "  ", { kind: "missing" }],
  ["a number", "12345", { kind: "invalid" }],
  ["text behind", `${id}-old`, { kind: "invalid" }],
  ["text that may be part of the id", `a${id}`, { kind: "invalid" }],
  ["a longer id", `0000-${id}`, { kind: "invalid" }],
  ["an immutable id in base64", Buffer.from(id).toString("base64"), { kind: "invalid" }],
  ["zeros", "00000000-0000-0000-0000-000000000000", { kind: "invalid" }],
  ["more than can be", `${"x".repeat(300)}_${id}`, { kind: "invalid" }],
])("%s", (_, given, expected) => {
  expect(readExternalId(given)).toEqual(expected);
});

test("property: any text with a break behind it is taken off", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.constantFrom("_", " ", ":", "/"), (text, mark) => {
      expect(readExternalId(`${text}${mark}${id}`)).toEqual(found);
    }),
  );
});
