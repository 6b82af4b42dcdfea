import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { putBlock, removeBlock } from "#domain/body-editor";
import { isWebexJoinLink } from "#domain/webex-links";
import { block, ours } from "./bodies.ts";

/** Published examples are read where they lie never copied; without the folder these are left out. */
const folder = process.env["HYBRID_CONTRACTS_DIR"] ?? "";

const jsonIn = (...path: readonly string[]): any => JSON.parse(readFileSync(join(folder, ...path), "utf8"));

/** Every HTML body anywhere in a value. */
const htmlBodiesIn = (value: unknown): readonly string[] => {
  if (typeof value !== "object" || value === null) return [];
  const { contentType, content } = value as { contentType?: unknown; content?: unknown };
  const own = /^html$/i.test(String(contentType)) && typeof content === "string" ? [content] : [];
  return [...own, ...Object.values(value).flatMap(htmlBodiesIn)];
};

test.skipIf(folder === "")(
  "Microsoft's own example bodies come back byte for byte after our block was in them",
  () => {
    const files = readdirSync(join(folder, "graph-examples")).filter((name) => name.startsWith("calendar--"));
    const bodies = files.flatMap((name) => htmlBodiesIn(jsonIn("graph-examples", name)));
    expect(bodies.length).toBeGreaterThan(5);
    for (const body of bodies) {
      const { html, placed } = putBlock(body, block, null);
      expect(placed).toBe(true);
      expect(html.replace(block.html, "")).toBe(body);
      expect(removeBlock(html, ours)).toBe(body);
    }
  },
);

test.skipIf(folder === "")("of all known meeting links just those to Webex count as Webex links", () => {
  const cases: any[] = jsonIn("meeting-links.json").cases;
  const links = cases.filter(({ kind, input }) => kind === "url" && typeof input.text === "string");
  const webex = links.filter(({ input }) => isWebexJoinLink(input.text));
  const expected = links.filter(({ expect: { service } }) => service === "webex");
  expect(expected.length).toBeGreaterThan(0);
  expect(webex.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
});
