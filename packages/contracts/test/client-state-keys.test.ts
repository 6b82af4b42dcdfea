import { orgIdOf, userActor } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { clientStateKeys } from "../src/client-state-keys.ts";
import { openClientState, signClientState } from "../src/index.ts";

const textOf = (byte: number, bytes = 32): string => Buffer.alloc(bytes, byte).toString("base64url");

test("keys come in the order in which they are given, and sign and open clientState", () => {
  const keys = clientStateKeys.parse(`${textOf(1)},${textOf(2, 48)}`);
  expect(keys).toEqual([new Uint8Array(32).fill(1), new Uint8Array(48).fill(2)]);
  const nora = userActor(orgIdOf("acme"), "nora");
  expect(openClientState(signClientState(nora, keys[1]!), keys)).toBe(nora);
});

test("base64 means the same as base64url", () => {
  const bytes = Buffer.alloc(32, 0xfb);
  expect(clientStateKeys.parse(bytes.toString("base64"))).toEqual([new Uint8Array(bytes)]);
});

test.each([
  ["", "base64url"],
  [`${textOf(1)},`, "base64url"],
  [`${textOf(1)}, ${textOf(2)}`, "base64url"],
  [textOf(3, 31), "at least 32 bytes"],
  [`${textOf(1)},${textOf(3, 31)}`, "at least 32 bytes"],
])("%j is refused with what to write instead, and is not repeated", (text, what) => {
  const { success, error } = clientStateKeys.safeParse(text);
  expect(success).toBe(false);
  expect(error?.message).toContain(what);
  expect(error?.message).not.toContain(textOf(3, 31));
});
