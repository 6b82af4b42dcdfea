import { orgIdOf, userActor } from "@hybrid/kernel";
import { Faults, readSettings } from "@hybrid/settings";
import { expect, test } from "vitest";
import { clientStateKeys } from "../src/client-state-keys.ts";
import { openClientState, signClientState } from "../src/index.ts";

const textOf = (byte: number, bytes = 32): string => Buffer.alloc(bytes, byte).toString("base64url");

const read = (text: string) => {
  const faults = new Faults();
  const values = readSettings({ CLIENT_STATE_KEYS: clientStateKeys }, { CLIENT_STATE_KEYS: text }, faults);
  return { keys: values?.CLIENT_STATE_KEYS ?? [], fault: faults.found.join() };
};

test("keys come in the order in which they are given, and sign and open clientState", () => {
  const { keys } = read(`${textOf(1)},${textOf(2, 48)}`);
  expect(keys).toEqual([new Uint8Array(32).fill(1), new Uint8Array(48).fill(2)]);
  const nora = userActor(orgIdOf("acme"), "nora");
  expect(openClientState(signClientState(nora, keys[1]!), keys)).toBe(nora);
});

test("base64 means the same as base64url", () => {
  const bytes = Buffer.alloc(32, 0xfb);
  expect(read(bytes.toString("base64")).keys).toEqual([new Uint8Array(bytes)]);
});

test.each([
  ["", "is empty"],
  [`${textOf(1)},`, "base64url"],
  [`${textOf(1)};${textOf(2)}`, "base64url"],
  [textOf(3, 31), "at least 32 bytes"],
  [`${textOf(1)},${textOf(3, 31)}`, "at least 32 bytes"],
])("%j is refused with what to write instead, and is not repeated", (text, what) => {
  const { keys, fault } = read(text);
  expect(keys).toEqual([]);
  expect(fault).toContain(what);
  expect(fault).not.toContain(textOf(3, 31));
});
