import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import { KeyRing, KeysUnavailableError } from "../src/index.ts";
import { TestVault } from "../testing/index.ts";

const name = (n: number) => ({ owner: `acme/u-${n}`, id: "" });

test("keys are asked for once, held for a while, and no more of them than the bound", async () => {
  const vault = new TestVault();
  const clock = new VirtualClock();
  const ring = new KeyRing({ vault, clock, keysMax: 10, keepMs: 1_000 });
  const session = ring.session();
  const names = Array.from({ length: 30 }, (_, n) => name(n));
  await session.resolve(names);
  expect(ring.size).toBe(10);
  // A session keeps all that it needs, however many there are.
  for (const each of names) expect(session.find(each)?.id).toBe("1");
  expect(ring.session().find(name(29))).toBeDefined();
  expect(ring.session().find(name(0))).toBeUndefined();
  await ring.session().resolve([name(29)]);
  expect(vault.asked).toHaveLength(30);
  clock.advanceBy(1_000);
  await ring.session().resolve([name(29)]);
  expect(vault.asked).toHaveLength(31);
});

test("a present key is known by its own id as well", async () => {
  const vault = new TestVault();
  const ring = new KeyRing({ vault, clock: new VirtualClock() });
  await ring.session().resolve([name(1)]);
  expect(ring.session().find({ owner: "acme/u-1", id: "1" })?.id).toBe("1");
});

test("an erased key is found out when it is asked for again", async () => {
  const vault = new TestVault();
  const clock = new VirtualClock();
  const ring = new KeyRing({ vault, clock });
  await ring.session().resolve([{ owner: "acme/u-1", id: "1" }]);
  vault.erase("acme/u-1");
  clock.advanceBy(60_000);
  const session = ring.session();
  await session.resolve([{ owner: "acme/u-1", id: "1" }]);
  expect(session.find({ owner: "acme/u-1", id: "1" })).toBeNull();
});

test("a vault that cannot be reached, or says nonsense, is named as such and nothing is held of it", async () => {
  const vault = new TestVault();
  const ring = new KeyRing({ vault, clock: new VirtualClock() });
  vault.failure = new Error("away");
  await expect(ring.session().resolve([name(1)])).rejects.toThrow(KeysUnavailableError);
  vault.failure = undefined;
  const odd = new KeyRing({ vault: { keys: () => Promise.resolve([]) }, clock: new VirtualClock() });
  await expect(odd.session().resolve([name(1)])).rejects.toThrow("0 keys for 1 names");
  expect(ring.size).toBe(0);
});
