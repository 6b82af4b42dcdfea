import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findingCatalog } from "@hybrid/contracts";
import { errorCatalog } from "@hybrid/kernel";
import { expect, test } from "vitest";

const page = join(import.meta.dirname, "../page");
const textsOf = (language: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(join(page, `words/${language}.json`), "utf8")) as Record<string, string>;
const english = textsOf("en");
const swedish = textsOf("sv");
const gaps = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? "").toSorted((a, b) => a.localeCompare(b));

test("both languages have the same texts with the same gaps, and none is empty", () => {
  expect(Object.keys(swedish).sort()).toEqual(Object.keys(english).sort());
  for (const [name, text] of Object.entries(english)) {
    expect([name, gaps(swedish[name]!)]).toEqual([name, gaps(text)]);
    expect([name, text.trim() !== "" && swedish[name]!.trim() !== ""]).toEqual([name, true]);
  }
});

test("one and more come together", () => {
  for (const texts of [english, swedish])
    for (const name of Object.keys(texts).filter((each) => each.endsWith("_one")))
      expect(texts).toHaveProperty([name.replace(/_one$/, "_other")]);
});

test("every reason that a user may have is told in words: what, what it means, what to do", () => {
  // Those that no user of the page is ever given: they are about events, not about people.
  const neverShown = new Set(["conflict", "preconditionFailed", "syncStateLost", "personalRoomMissing"]);
  const codes = [...Object.keys(errorCatalog), ...Object.keys(findingCatalog)];
  for (const code of codes.filter((each) => !neverShown.has(each)))
    for (const end of ["", ".means", ".todo"]) expect(english).toHaveProperty([`reason.${code}${end}`]);
});

test("no text is left that no page shows", () => {
  const sources = readdirSync(page, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(join(page, file), "utf8"))
    .join("\n");
  const patterns = [...sources.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)*\.)?\$\{[^`]*`/g)].map(([whole]) =>
    whole
      .slice(1, -1)
      .replaceAll(/\$\{[^}]*\}/g, "§")
      .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
      .replaceAll("§", "[a-zA-Z.]+"),
  );
  const composed = patterns.map((pattern) => new RegExp(`^${pattern}$`));
  const unused = Object.keys(english)
    .map((name) => name.replace(/_(one|other)$/, ""))
    .filter((name) => !sources.includes(`"${name}"`) && !composed.some((pattern) => pattern.test(name)));
  expect(unused).toEqual([]);
});
