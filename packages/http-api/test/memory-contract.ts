import { describe, expect, test } from "vitest";
import type { RequestMemory } from "../src/request-memory.ts";

const one = { place: "a".repeat(64), digest: "1".repeat(64) };
const other = { place: one.place, digest: "2".repeat(64) };

/** What a memory does, wherever it keeps. `open` gives an empty one. */
export const memoryContract = (where: string, open: () => Promise<RequestMemory>): void => {
  describe(`which requests were carried out, in ${where}`, () => {
    test("a place is taken once, and belongs to one request", async () => {
      const memory = await open();
      expect(await memory.take(one)).toEqual({ kind: "first" });
      expect(await memory.take(one)).toEqual({ kind: "busy" });
      expect(await memory.take(other)).toEqual({ kind: "other" });
    });

    test("what was carried out is told with what was kept of it, be it nothing", async () => {
      const memory = await open();
      await memory.take(one);
      await memory.keep(one, "AAkALg= two words");
      expect(await memory.take(one)).toEqual({ kind: "done", kept: "AAkALg= two words" });
      expect(await memory.take(other)).toEqual({ kind: "other" });
      await memory.keep(one, "");
      expect(await memory.take(one)).toEqual({ kind: "done", kept: "" });
    });

    test("what was refused is forgotten, and the place is free for another request", async () => {
      const memory = await open();
      await memory.take(one);
      await memory.forget(one);
      expect(await memory.take(other)).toEqual({ kind: "first" });
    });

    test("what nobody knows of is carried out again by one at a time", async () => {
      const memory = await open();
      await memory.take(one);
      await memory.release(one);
      expect(await memory.take(other)).toEqual({ kind: "other" });
      expect(await memory.take(one)).toEqual({ kind: "again" });
      expect(await memory.take(one)).toEqual({ kind: "busy" });
    });

    test("a note is found by its name", async () => {
      const memory = await open();
      await memory.note("a", "first");
      await memory.note("a", "second");
      expect([await memory.noted("a"), await memory.noted("b")]).toEqual(["second", null]);
    });
  });
};
