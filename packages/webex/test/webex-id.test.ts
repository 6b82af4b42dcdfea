import fc from "fast-check";
import { expect, test } from "vitest";
import { parseWebexId, sameWebexId } from "../src/index.ts";

const uuid = "1eb65fdf-9643-417f-9974-ad72cae0e10f";
const encoded = (text: string, encoding: "base64" | "base64url" = "base64"): string =>
  Buffer.from(text, "utf8").toString(encoding);

test("reads ids with and without padding, of any cluster, with a stray newline inside", () => {
  const people = { kind: "PEOPLE", uuid };
  expect(parseWebexId(encoded(`ciscospark://us/PEOPLE/${uuid}`, "base64url"))).toEqual(people);
  expect(parseWebexId(encoded(`ciscospark://urn:TEAM:us-west-2_r/PEOPLE/${uuid.toUpperCase()}`))).toEqual(
    people,
  );
  expect(parseWebexId(encoded(`ciscospark://us/PEOPLE/${uuid}\n`))).toEqual(people);
});

test("reads a bare UUID, which names no kind", () => {
  expect(parseWebexId(encoded(uuid))).toEqual({ kind: null, uuid });
});

test("does not guess at composite ids or other text", () => {
  const texts = [`ciscospark://us/MEMBERSHIP/${uuid}:${uuid}`, "ciscospark://us/PEOPLE/", "null", ""];
  for (const text of texts) expect(parseWebexId(encoded(text))).toBeUndefined();
});

const idOf = fc.record({
  cluster: fc.constantFrom("us", "urn:TEAM:us-west-2_r", "urn:TEAM:eu-central-1_k"),
  kind: fc.constantFrom("ROOM", "TEAM", "PEOPLE"),
  padded: fc.boolean(),
  upper: fc.boolean(),
});

test("two ids are the same exactly when their UUIDs are, however each is written", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), idOf, idOf, (one, other, a, b) => {
      const write = (id: string, { cluster, kind, padded, upper }: typeof a): string => {
        const text = encoded(`ciscospark://${cluster}/${kind}/${upper ? id.toUpperCase() : id}`);
        return padded ? text : text.replaceAll("=", "");
      };
      expect(sameWebexId(write(one, a), write(one, b))).toBe(true);
      expect(sameWebexId(write(one, a), write(other, b))).toBe(one === other);
    }),
  );
});

test("ids longer than any of Webex are read as none", () => {
  expect(parseWebexId(`${encoded(`ciscospark://us/ROOM/${uuid}`)}${" ".repeat(1_024)}`)).toBeUndefined();
});
