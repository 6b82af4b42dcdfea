import { hours, instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { openMemoryLog } from "@hybrid/log/testing";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { defineView, serverSentEvents } from "../src/index.ts";
import { batchesUntil, type Person, stage } from "./stage.ts";
import { viewContract } from "./view-contract.ts";

const now = Date.UTC(2026, 0, 5, 8);

const openLog = async () => {
  const log = await openMemoryLog(new VirtualClock(instant(now)));
  onTestFinished(() => log.close());
  return log;
};

viewContract("the embedded log", openLog, 5_000);

test("where retention has taken what a view had not read, it is rebuilt", async () => {
  const { people, log, view, write, open, warnings, scheduler } = await stage(openLog, "delete");
  await write(people, ["acme/u-1", { name: "Ada", state: "active" }]);
  await (await view()).close();
  await write(people, ["acme/u-1", { name: "Ada L.", state: "active" }]);
  await log.clean(instant(now + hours(2)));
  await write(people, ["acme/u-2", { name: "Bo", state: "error" }]);
  const second = open();
  await vi.waitFor(() => expect(second.notReady()).toMatch(/offset \d+/));
  scheduler.advanceTo(instant(now + hours(1)));
  await second.caughtUp();
  expect(second.all("SELECT key FROM people")).toEqual([{ key: "acme/u-2" }]);
  expect(warnings).toEqual(["a view does not fit its log and is rebuilt"]);
});

test("whatever is written, and whenever it is opened again, tables and counts are of the latest of every key", async () => {
  const { people, view, write } = await stage(openLog);
  const model = new Map<string, string>();
  let opened = await view();
  const entry = fc.tuple(
    fc.integer({ min: 0, max: 9 }),
    fc.option(fc.constantFrom("active", "error", "hidden")),
  );
  const property = fc.asyncProperty(
    fc.array(entry, { maxLength: 20 }),
    fc.boolean(),
    async (entries, again) => {
      const token = opened.token();
      const last = ["acme/end", { name: String(Math.random()), state: "end" }] as const;
      const written = entries.map(([n, state]): [string, Person | null] => [
        `acme/u-${n}`,
        state === null ? null : { name: `person ${n}`, state },
      ]);
      for (const [key, person] of written)
        if (person === null || person.state === "hidden") model.delete(key);
        else model.set(key, person.state);
      if (again) await opened.close();
      await write(people, ...written);
      if (again) opened = await view();
      // Partitions are read one after the other: each has an end of its own.
      const ends = ["acme/end-a", "acme/end-b", "acme/end-c", "acme/end-d", "acme/end-e", "acme/end-f"];
      const told = batchesUntil(opened, token, (keys) => ends.every((end) => keys.includes(end)));
      await write(people, ...ends.map((end) => [end, last[1]] as const));
      expect((await told).some(({ isReset }) => isReset)).toBe(false);
      const rows = opened.all("SELECT key, state FROM people WHERE state <> 'end'");
      expect(new Map(rows.map(({ key, state }) => [key, state]))).toEqual(model);
      const counts = opened.all("SELECT state, n FROM people_counted_by_state WHERE n <> 0 ORDER BY state");
      expect(counts).toEqual(
        opened.all("SELECT state, count(*) AS n FROM people GROUP BY state ORDER BY state"),
      );
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test("a view that cannot be is refused with every fault at once", async () => {
  const { definition } = await stage(openLog);
  const [people] = definition.tables;
  expect(() =>
    defineView({
      name: "Two Words",
      version: 1,
      tables: [people!, { ...people!, columns: { "drop table": "text", key: "text" } }],
    }),
  ).toThrow(
    /not kebab-case.*"drop table" is no name.*two tables share a name and a topic.*has a column "key"/,
  );
});

test("a batch is told as server-sent events whose id is where a reader comes back to", () => {
  const changes = [
    { table: "people", key: "acme/u-1" },
    { table: "people", key: "acme/u-2" },
  ];
  const text = serverSentEvents({ token: "e.7", isReset: false, changes }, ({ key }) => ({ key }));
  expect(text).toBe(
    'event: change\ndata: {"key":"acme/u-1"}\n\nid: e.7\nevent: change\ndata: {"key":"acme/u-2"}\n\n',
  );
  const reset = serverSentEvents({ token: "e.0", isReset: true, changes: [] }, String);
  expect(reset).toBe("id: e.0\nevent: reset\ndata: {}\n\n");
});
