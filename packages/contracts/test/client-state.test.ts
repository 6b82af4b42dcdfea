import { createHmac } from "node:crypto";
import { actorIdOf, orgIdOf, userActor } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openClientState, signClientState } from "../src/index.ts";

const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const nora = userActor(orgIdOf("acme"), "7c9e6679-7425-40de-944b-e07fc1f90ae7");

test("signs the address so that anybody with the key can check it by the published rule", () => {
  const text = signClientState(nora, keyOf(1));
  const signed = "v1.acme.u-7c9e6679-7425-40de-944b-e07fc1f90ae7";
  const mac = createHmac("sha256", keyOf(1)).update(signed).digest().subarray(0, 16).toString("base64url");
  expect(text).toBe(`${signed}.${mac}`);
  expect(openClientState(text, [keyOf(1)])).toBe(nora);
});

test("opens what an older key signed, as long as that key is still given", () => {
  const old = signClientState(nora, keyOf(1));
  expect(openClientState(old, [keyOf(2), keyOf(1)])).toBe(nora);
  expect(openClientState(old, [keyOf(2)])).toBeUndefined();
  expect(openClientState(old, [])).toBeUndefined();
});

test("a UUID organisation with a UUID user fits, an address that does not fit is refused", () => {
  const uuid = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
  expect(signClientState(userActor(orgIdOf(uuid), uuid), keyOf(1)).length).toBeLessThanOrEqual(128);
  expect(() => signClientState(userActor(orgIdOf("a".repeat(64)), "b".repeat(64)), keyOf(1))).toThrow(/128/);
});

test("refuses addresses with item or partition, and short keys", () => {
  expect(() => signClientState(actorIdOf("acme/u-1/event"), keyOf(1))).toThrow(TypeError);
  expect(() => signClientState(actorIdOf("acme/t-1#3"), keyOf(1))).toThrow(TypeError);
  expect(() => signClientState(nora, new Uint8Array(31))).toThrow(/32/);
});

test("property: any address comes back, and any change of any one character is noticed", () => {
  const org = fc.stringMatching(/^[a-z0-9_-]{1,36}$/);
  const entity = fc.oneof(fc.constant("o"), fc.stringMatching(/^[uwrtc]-[A-Za-z0-9_.-]{1,36}$/));
  fc.assert(
    fc.property(
      org,
      entity,
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 1 }),
      (orgText, entityText, at, other) => {
        const address = actorIdOf(`${orgText}/${entityText}`);
        const text = signClientState(address, keyOf(3));
        expect(openClientState(text, [keyOf(3)])).toBe(address);
        const place = at % text.length;
        const forged = `${text.slice(0, place)}${other}${text.slice(place + 1)}`;
        expect(openClientState(forged, [keyOf(3)])).toBe(forged === text ? address : undefined);
        expect(openClientState(text.slice(0, place), [keyOf(3)])).toBeUndefined();
      },
    ),
  );
});

test("property: no text at all opens without the key, and none throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ minLength: 100, maxLength: 400 })), (text) => {
      expect(openClientState(text, [keyOf(1)])).toBeUndefined();
    }),
  );
});
