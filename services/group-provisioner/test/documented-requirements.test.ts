import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const repository = new URL("../../../", import.meta.url);
const document = readFileSync(new URL("docs/GROUPS.md", repository), "utf8");

/** Titles of the tests of a folder; `%s` stands for whatever each run puts there. */
const titlesIn = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, repository))
    .filter((file) => file.endsWith(".test.ts"))
    .flatMap((file) => {
      const text = readFileSync(new URL(`${folder}${file}`, repository), "utf8");
      return [...text.matchAll(/\btest(?:\.\w+\([^)]*\))?\(\s*"([^"]+)"/g)].map(([, title = ""]) =>
        title.replace(/: %s$/, ""),
      );
    });

const rows = [...document.matchAll(/^\| ([RS]\d[^|]*) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, id, what, title]) => ({
    id: id ?? "",
    what: what ?? "",
    title: (title ?? "").trim(),
  }),
);

test("each requirement and step of the documentation has a test, and the named tests exist", () => {
  const titles = new Set([
    ...titlesIn("services/group-provisioner/test/"),
    ...titlesIn("services/hybrid/test/"),
  ]);
  expect(rows.filter(({ title }) => !titles.has(title))).toEqual([]);
  const ids = rows.flatMap(({ id }) => id.split(", "));
  const expected = [
    ...Array.from({ length: 15 }, (_, n) => `R${n + 1}`),
    ...Array.from({ length: 10 }, (_, n) => `S${n + 1}`),
  ];
  expect(ids).toEqual(expected);
});
