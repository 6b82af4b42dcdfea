import { expect, test } from "vitest";
import { parseWebexId } from "../src/index.ts";

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
