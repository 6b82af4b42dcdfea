import { randomUUID } from "node:crypto";
import {
  type ActorId,
  instant,
  type OrgId,
  openedOf,
  plus,
  type Sealed,
  sealedFor,
  userActor,
} from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { KeyRing, openJson, sealJson, withKeys } from "@hybrid/sealing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { localKeyPort, newKeyEncryptionKey, Vault } from "../src/index.ts";
import type { KeyLog } from "../src/key-topics.ts";

/** Partitions of the topics of keys in these tests. */
export const partitions = 3;

/** A vault on a log, its key-encryption keys, and workers that seal and open. */
const stage = async (openLog: () => Promise<KeyLog>) => {
  const log = await openLog();
  const clock = new VirtualClock(instant(Date.UTC(2026, 0, 5, 8)));
  const keys = { text: newKeyEncryptionKey() };
  const keyPort = localKeyPort(() => Promise.resolve(keys.text), "the test's keys");
  const org = `t${randomUUID().slice(0, 8)}` as OrgId;
  const worker = () => {
    const vault = new Vault({ log, partitions, keyPort, clock });
    const ring = new KeyRing({ vault, clock });
    const seal = (owner: ActorId, value: unknown): Promise<string> => {
      const session = ring.session();
      return withKeys(session, () => sealJson(JSON.stringify({ it: sealedFor(owner, value) }), session));
    };
    const open = async (text: string): Promise<unknown> => {
      const session = ring.session();
      const { it } = await withKeys(session, () => openJson(text, session) as { it: Sealed<unknown> });
      return openedOf(it);
    };
    return { vault, seal, open };
  };
  return { clock, keys, org, worker, user: (name: string) => userActor(org, name) };
};

const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => value !== null);
const twoMinutes = 120_000;

/** What a vault has to keep, on any log. */
export const vaultContract = (name: string, openLog: () => Promise<KeyLog>, timeoutMs: number): void => {
  describe(`vault on ${name}`, { timeout: timeoutMs }, () => {
    test("what one worker sealed another one opens, whatever it is", async () => {
      const { user, worker } = await stage(openLog);
      const [one, other] = [worker(), worker()];
      const values = fc.tuple(fc.integer({ min: 1, max: 5 }), json);
      await fc.assert(
        fc.asyncProperty(values, async ([who, value]) => {
          const text = await one.seal(user(`${who}`), value);
          const plain = JSON.parse(JSON.stringify(value)) as unknown;
          expect(await other.open(text)).toEqual(plain);
        }),
        { numRuns: 30, seed: Number(process.env["HYBRID_SEED"] ?? 1) },
      );
    });

    test("workers that begin at the same time agree on the youngest key, and read each other", async () => {
      const { clock, user, worker } = await stage(openLog);
      const workers = [worker(), worker(), worker()];
      const texts = await Promise.all(workers.map(({ seal }, n) => seal(user("a"), n)));
      for (const { open } of workers)
        expect(await Promise.all(texts.map((text) => open(text)))).toEqual([0, 1, 2]);
      clock.advanceBy(twoMinutes);
      const later = await Promise.all(workers.map(({ seal }) => seal(user("a"), "same")));
      expect(new Set(later).size).toBe(1);
    });

    test("after erasure nothing of the user opens, anywhere; others are as they were", async () => {
      const { clock, user, worker } = await stage(openLog);
      const [one, other] = [worker(), worker()];
      const mine = [await one.seal(user("a"), "first")];
      await one.vault.rotateOwner(user("a"));
      clock.advanceBy(twoMinutes);
      mine.push(await other.seal(user("a"), "second"));
      const theirs = await one.seal(user("b"), "stays");
      expect(await one.vault.eraseOwner(user("a"))).toBe(2);
      clock.advanceBy(twoMinutes);
      for (const { open } of [one, other, worker()]) {
        expect(await Promise.all(mine.map((text) => open(text)))).toEqual([undefined, undefined]);
        expect(await open(theirs)).toBe("stays");
      }
      expect(await one.vault.eraseOwner(user("a"))).toBe(0);
    });

    test("rotation at every level keeps old values readable, in the middle of work", async () => {
      const { clock, keys, org, user, worker } = await stage(openLog);
      const [one, other] = [worker(), worker()];
      const before = await one.seal(user("a"), "before");
      const rotations = [
        () => one.vault.rotateOwner(user("a")),
        () => one.vault.rotateOrganisation(org),
        async () => {
          keys.text = `${newKeyEncryptionKey()},${keys.text}`;
          // One key of the organisation before it was rotated, one since.
          expect(await one.vault.rewrap()).toBe(2);
          keys.text = keys.text.split(",")[0] ?? "";
        },
      ];
      const seen = new Set([before]);
      // A rotation counts by whichever clock it is made.
      clock.jumpTo(plus(clock.now(), -60_000));
      for (const rotate of rotations) {
        const [during] = await Promise.all([other.seal(user("a"), "during"), rotate()]);
        expect(await other.open(during)).toBe("during");
        clock.advanceBy(twoMinutes);
        seen.add(await other.seal(user("a"), "before"));
        for (const { open } of [one, other, worker()])
          for (const text of seen) expect(await open(text)).toBe("before");
      }
      // The user's and the organisation's rotation have made another box of the same text; wrapping has not.
      expect(seen.size).toBe(3);
      clock.advanceBy(2 * 3_600_000);
      expect(await worker().open(before)).toBe("before");
    });

    test("an organisation that was closed opens nothing, seals nothing and gets no new key", async () => {
      const { clock, org, user, worker } = await stage(openLog);
      const [one, other] = [worker(), worker()];
      const text = await one.seal(user("a"), "gone");
      await other.vault.closeOrganisation(org);
      clock.advanceBy(twoMinutes);
      expect(await one.open(text)).toBeUndefined();
      expect(await one.open(await one.seal(user("c"), "nothing"))).toBeUndefined();
      await expect(one.vault.rotateOrganisation(org)).rejects.toThrow("were destroyed");
      const own = (await one.vault.status()).organisations.find((each) => each.org === org);
      expect(own).toEqual({ org, keys: [], owners: 0, ownerKeys: 0 });
    });
  });
};
