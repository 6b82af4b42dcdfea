import { ConfigError, DecodeError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { localKeyPort, newKeyEncryptionKey, readKeyEncryptionKeys } from "../src/index.ts";

const portOf = (...keys: readonly string[]) => localKeyPort(() => Promise.resolve(keys.join("\n")), "KEYS");
const bytes = new Uint8Array(32).fill(7);

test("what was wrapped for one purpose opens for it alone, and only by the key that wraps it", async () => {
  const [old, young] = [newKeyEncryptionKey(), newKeyEncryptionKey()];
  const wrapped = await portOf(old).wrap(bytes, "a");
  expect([...(await portOf(young, old).unwrap(wrapped, "a"))]).toEqual([...bytes]);
  await expect(portOf(old).unwrap(wrapped, "b")).rejects.toThrow(DecodeError);
  await expect(portOf(young).unwrap(wrapped, "a")).rejects.toThrow(ConfigError);
  expect(await portOf(young, old).newest()).not.toBe(wrapped.wrappedBy);
  expect(await portOf(old, young).newest()).toBe(wrapped.wrappedBy);
});

test("a damaged key is refused", async () => {
  const port = portOf(newKeyEncryptionKey());
  const { wrappedBy, wrapped } = await port.wrap(bytes, "a");
  const damaged = `${wrapped.startsWith("A") ? "B" : "A"}${wrapped.slice(1)}`;
  await expect(port.unwrap({ wrappedBy, wrapped: damaged }, "a")).rejects.toThrow(DecodeError);
  await expect(port.unwrap({ wrappedBy, wrapped: "AA" }, "a")).rejects.toThrow(DecodeError);
});

test("keys are read in base64 of both kinds, and a fault never repeats them", () => {
  const both = readKeyEncryptionKeys(
    `${Buffer.alloc(32, 255).toString("base64")}, ${newKeyEncryptionKey()}\n`,
  );
  expect("keys" in both && both.keys.length).toBe(2);
  expect(readKeyEncryptionKeys("c2hvcnQ")).toEqual({ fault: "must hold keys of 32 bytes each in base64" });
  expect(readKeyEncryptionKeys(" \n")).toEqual({ fault: "must hold at least one key" });
});
