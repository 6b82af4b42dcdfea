import { rm, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { viewTable } from "../src/index.ts";
import { batchesUntil, type OpenLog, type Person, stage } from "./stage.ts";

const ada: Person = { name: "Ada", state: "active" };
const bo: Person = { name: "Bo", state: "error" };

/** What a view does on every driver of the log. */
export const viewContract = (driver: string, openLog: OpenLog, timeout: number): void => {
  describe(`views on ${driver}`, { timeout }, () => {
    test("several topics fill several tables: the latest record of a key counts, tombstones take rows away", async () => {
      const { people, notes, view, write } = await stage(openLog);
      await write(people, ["acme/u-1", bo], ["acme/u-2", bo], ["acme/u-1", ada], ["acme/u-3", ada]);
      await write(people, ["acme/u-3", null], ["acme/u-2", { ...bo, state: "hidden" }]);
      await write(notes, ["acme/u-1", { name: "knows Bo", state: "" }]);
      const opened = await view();
      expect(opened.notReady()).toBeNull();
      const joined = "SELECT key, name, note FROM people JOIN notes USING (key) WHERE state = ?";
      expect(opened.all(joined, "active")).toEqual([{ key: "acme/u-1", name: "Ada", note: "knows Bo" }]);
      expect(opened.all("SELECT key FROM people")).toEqual([{ key: "acme/u-1" }]);
    });

    test("topics that fill one table share its rows; a row goes with the last of them", async () => {
      const { people, notes, definition, view, write } = await stage(openLog);
      const [person] = definition.tables;
      const tables = [
        viewTable({
          ...person!,
          derived: { remark: { type: "text", sql: "coalesce(note, 'about ' || name)" } },
          indexes: [["remark"]],
        }),
        viewTable({
          name: "people",
          topic: notes,
          columns: { note: "text" },
          row: (value: Person) => ({ note: value.name }),
        }),
      ];
      await write(people, ["acme/u-1", ada], ["acme/u-2", bo]);
      await write(notes, ["acme/u-1", { name: "knows Bo", state: "" }], ["acme/u-3", ada], ["acme/u-2", ada]);
      await write(notes, ["acme/u-2", null], ["acme/u-3", null]);
      const opened = await view({ tables });
      expect(opened.all("SELECT key, remark FROM people ORDER BY remark")).toEqual([
        { key: "acme/u-2", remark: "about Bo" },
        { key: "acme/u-1", remark: "knows Bo" },
      ]);
    });

    test("a table that keeps records has the latest ones of each key", async () => {
      const { definition, people, view, write } = await stage(openLog, "delete");
      const tables = [viewTable({ ...definition.tables[0]!, recordsKept: 2 })];
      await write(people, ["acme/u-1", ada], ["acme/u-1", bo], ["acme/u-2", bo], ["acme/u-1", ada]);
      const opened = await view({ tables });
      const told = batchesUntil(opened, opened.token(), (keys) => keys.length > 0);
      await write(people, ["acme/u-1", { ...bo, name: "Cy" }]);
      expect((await told).at(-1)?.changes[0]?.key).toMatch(/^acme\/u-1 \d{16}$/);
      const rows = opened.all(
        "SELECT name FROM people WHERE key > 'acme/u-1 ' AND key < 'acme/u-1!' ORDER BY key",
      );
      expect(rows).toEqual([{ name: "Ada" }, { name: "Cy" }]);
      expect(opened.all("SELECT count(*) AS n FROM people")).toEqual([{ n: 3 }]);
    });

    test("what comes later is in the tables when its change is told", async () => {
      const { people, view, write } = await stage(openLog);
      const opened = await view();
      const told = batchesUntil(opened, opened.token(), (keys) => keys.includes("acme/u-9"));
      await write(people, ["acme/u-8", ada]);
      await write(people, ["acme/u-9", bo]);
      await told;
      expect(opened.all("SELECT name FROM people ORDER BY name")).toEqual([{ name: "Ada" }, { name: "Bo" }]);
    });

    test("opened again it reads on where it stopped, and a reader of changes too", async () => {
      const { people, view, write } = await stage(openLog);
      await write(people, ["acme/u-1", ada], ["acme/u-2", ada]);
      const first = await view();
      const told = batchesUntil(first, first.token(), (keys) => keys.includes("acme/u-3"));
      await write(people, ["acme/u-3", ada]);
      const token = (await told).at(-1)!.token;
      await first.close();
      await write(people, ["acme/u-2", null], ["acme/u-4", bo]);
      const second = await view();
      const batches = await batchesUntil(second, token, (keys) => keys.includes("acme/u-4"));
      expect(batches.some(({ isReset }) => isReset)).toBe(false);
      const keys = batches.flatMap(({ changes }) => changes.map(({ key }) => key));
      expect(new Set(keys)).toEqual(new Set(["acme/u-2", "acme/u-4"]));
      expect(second.all("SELECT count(*) AS n FROM people")).toEqual([{ n: 3 }]);
    });

    test.each(["deleted", "damaged", "of another definition"])(
      "a file that is %s is rebuilt, and readers of changes begin again",
      async (how) => {
        const { people, view, write, path } = await stage(openLog);
        await write(people, ["acme/u-1", ada]);
        const first = await view();
        const token = first.token();
        await first.close();
        if (how === "deleted") await rm(path);
        if (how === "damaged") await writeFile(path, "this is no database ".repeat(1_000));
        const second = await view(how === "of another definition" ? { version: 2 } : {});
        expect(second.all("SELECT name FROM people")).toEqual([{ name: "Ada" }]);
        const again = batchesUntil(second, token, (keys) => keys.length > 0);
        await write(people, ["acme/u-1", bo]);
        expect((await again).map(({ isReset }) => isReset)).toEqual([true, false]);
      },
    );

    test("a record that is damaged is left out and told; those beside it are not", async () => {
      const { people, log, view, write, warnings } = await stage(openLog, "delete");
      await write(people, ["acme/u-1", ada]);
      const broken = {
        topic: people.name,
        partition: 0,
        value: Uint8Array.of(1, 2, 3),
        timestamp: 1 as never,
      };
      await log.append([
        { ...broken, key: "acme/u-1" },
        { ...broken, key: null },
      ]);
      await write(people, ["acme/u-2", bo]);
      const opened = await view();
      expect(opened.all("SELECT name FROM people ORDER BY name")).toEqual([{ name: "Ada" }, { name: "Bo" }]);
      expect(warnings).toEqual(["a record is left out of a view", "a record is left out of a view"]);
    });
  });
};
