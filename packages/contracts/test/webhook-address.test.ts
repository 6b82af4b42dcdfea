import { actorIdOf } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  openClientState,
  openWebhookAddress,
  signClientState,
  signWebhookAddress,
  webhookSecretOf,
} from "../src/index.ts";

const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const acme = actorIdOf("acme/o");

test("an address comes back under its key alone, and is no clientState, nor the other way round", () => {
  const text = signWebhookAddress(acme, keyOf(1));
  expect(text).toMatch(/^w1\.acme\.o\.[\w-]{22}$/);
  expect(openWebhookAddress(text, [keyOf(2), keyOf(1)])).toBe(acme);
  expect(openWebhookAddress(text, [keyOf(2)])).toBeUndefined();
  expect(openClientState(text, [keyOf(1)])).toBeUndefined();
  expect(openClientState(text.replace("w1", "v1"), [keyOf(1)])).toBeUndefined();
  expect(openWebhookAddress(signClientState(acme, keyOf(1)), [keyOf(1)])).toBeUndefined();
});

test("a secret belongs to one address and one key, and tells nothing of the signed address", () => {
  const secrets = [
    webhookSecretOf(acme, keyOf(1)),
    webhookSecretOf(acme, keyOf(2)),
    webhookSecretOf(actorIdOf("acme/u-nora"), keyOf(1)),
  ];
  expect(new Set(secrets).size).toBe(3);
  expect(secrets[0]).toMatch(/^[\w-]{43}$/);
  expect(signWebhookAddress(acme, keyOf(1))).not.toContain(secrets[0]?.slice(0, 22));
  expect(() => webhookSecretOf(acme, new Uint8Array(31))).toThrow(/32/);
});

test("property: no text at all opens without the key, and none throws", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(openWebhookAddress(text, [keyOf(1)])).toBeUndefined();
    }),
  );
});
