import { actorIdOf, DecodeError, openedOf, type Sealed, sealedFor } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type BoxedSealed,
  KeyRing,
  KeysMissing,
  openJson,
  openValue,
  sealJson,
  sealValue,
  withKeys,
} from "../src/index.ts";
import { TestVault } from "../testing/index.ts";

const alice = actorIdOf("acme/u-alice");
const contoso = actorIdOf("acme/t-contoso");

const start = (vault = new TestVault()) => {
  const clock = new VirtualClock();
  return { vault, clock, ring: new KeyRing({ vault, clock }) };
};

const sealed = (ring: KeyRing, value: unknown): Promise<string> => {
  const session = ring.session();
  return withKeys(session, () => sealJson(JSON.stringify(value), session));
};

const opened = (ring: KeyRing, json: string): Promise<unknown> => {
  const session = ring.session();
  return withKeys(session, () => openJson(json, session));
};

test("property: what was sealed comes back, nothing of it can be read meanwhile, and again it looks the same", async () => {
  const anyValue = fc.jsonValue({ maxDepth: 3 });
  await fc.assert(
    fc.asyncProperty(anyValue, anyValue, fc.constantFrom(alice, contoso), async (secret, plain, owner) => {
      const { ring } = start();
      const whole = { plain, deep: [{ secret: sealedFor(owner, { secret, text: "only for Alice" }) }] };
      const json = await sealed(ring, whole);
      expect(json).not.toContain("only for Alice");
      const back = (await opened(ring, json)) as typeof whole;
      expect(JSON.stringify(openedOf(back.deep[0]!.secret))).toBe(
        JSON.stringify({ secret, text: "only for Alice" }),
      );
      expect(JSON.stringify(back.plain)).toBe(JSON.stringify(plain));
      expect(await sealed(ring, back)).toBe(json);
    }),
  );
});

test("an erased key makes the value read as erased, for ever, and new values get a new key", async () => {
  const { ring, vault, clock } = start();
  const json = await sealed(ring, { name: sealedFor(alice, "Alice"), room: sealedFor(contoso, 7) });
  const before = await opened(ring, json);
  vault.erase(alice);
  clock.advanceBy(60_001);
  const erased = { sealedFor: alice, keyId: "1", erased: true };
  expect(await opened(ring, json)).toMatchObject({ name: erased, room: { value: 7 } });
  // Who has it open still writes it under the key that it had: it does not come back to life.
  const again = await sealed(ring, before);
  expect(await opened(ring, again)).toMatchObject({ name: erased });
  const fresh = (await opened(ring, await sealed(ring, sealedFor(alice, "A.")))) as Sealed<string>;
  expect(fresh).toEqual({ sealedFor: alice, keyId: "2", value: "A." });
});

test("what is to be sealed for somebody who may have no key any more is erased at once", async () => {
  const { ring, vault } = start();
  vault.ban(alice);
  expect(JSON.parse(await sealed(ring, sealedFor(alice, "Alice")))).toEqual({
    sealedFor: alice,
    keyId: "",
    box: "",
  });
});

test("all keys that are missing are named at once, and nothing else is thrown before they are there", () => {
  const { ring } = start();
  const value = [sealedFor(alice, 1), sealedFor(contoso, 2), sealedFor(alice, 3)];
  const missing = new KeysMissing([
    { owner: alice, id: "" },
    { owner: contoso, id: "" },
  ]);
  expect(() => sealValue(value, ring.session())).toThrow(missing);
});

test("property: a box with any byte changed, or under another owner, is damage and never another value", async () => {
  const { ring } = start();
  const session = ring.session();
  const box = JSON.parse(await sealed(ring, sealedFor(alice, "Alice"))) as BoxedSealed;
  await session.resolve([
    { owner: alice, id: "1" },
    { owner: contoso, id: "1" },
  ]);
  const bytes = Buffer.from(box.box, "base64url");
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ by;
      const damaged = { ...box, box: other.toString("base64url") };
      expect(() => openValue(damaged, session)).toThrow(DecodeError);
    }),
  );
  expect(() => openValue({ ...box, sealedFor: contoso }, session)).toThrow(DecodeError);
  expect(() => openValue({ ...box, box: "AQ" }, session)).toThrow("no box of this version");
});

test("an object of a service that only looks sealed is left alone, and nobody else has keys", () => {
  const { ring } = start();
  const value = { sealedFor: "the archive", at: 7, list: [{ sealedFor: 9, value: 1 }] };
  expect(sealValue(value, ring.session())).toBe(value);
  expect(() => sealedFor(actorIdOf("acme/r-1"), 1)).toThrow("no user, tenant or organisation");
  expect(() => sealValue({ sealedFor: "acme/c-1", keyId: "", value: 1 }, ring.session())).toThrow(
    "only these are declared: user, tenant, organisation",
  );
  expect(() => sealValue(sealedFor(alice, 1), ring.session(), ["tenant"])).toThrow("only these are declared");
});
