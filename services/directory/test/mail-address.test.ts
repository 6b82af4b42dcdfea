import fc from "fast-check";
import { expect, test } from "vitest";
import { normalAddress, sameAddress } from "../src/domain/mail-address.ts";

test.each([
  ["Ada@ACME.example", "ada@acme.example"],
  ["o'brien@acme.example", "o'brien@acme.example"],
  ["o\u2019brien@acme.example", "o\u2019brien@acme.example"],
  ["ada+tag@acme.example", "ada+tag@acme.example"],
  ["ada@b\u00fccher.example", "ada@xn--bcher-kva.example"],
  ["ada@XN--BCHER-KVA.example", "ada@xn--bcher-kva.example"],
  ["ada@acme.example.", "ada@acme.example"],
  ["J\u00f6rg@acme.example", "j\u00f6rg@acme.example"],
  ["Jo\u0308rg@acme.example", "j\u00f6rg@acme.example"],
])("%s is %s", (given, expected) => {
  expect(normalAddress(given)).toBe(expected);
});

test.each([
  "",
  "ada",
  "@acme.example",
  "ada@",
  "ada@localhost",
  "a b@acme.example",
  "ada@acme.example/x",
  "ada@1.2.3@4",
  "ada@a:80",
])("%j is no address", (given) => {
  expect(normalAddress(given)).toBeNull();
});

test("addresses that are none are nobody's", () => {
  expect(sameAddress("ada", "ada")).toBe(false);
  expect(sameAddress("Ada@B\u00dcCHER.example", "ada@b\u00fccher.example")).toBe(true);
});

test("property: normal is normal", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("acme.example", "b\u00fccher.example", "x"), (local, domain) => {
      const once = normalAddress(`${local}@${domain}`);
      expect(once === null ? null : normalAddress(once)).toBe(once);
    }),
  );
});
