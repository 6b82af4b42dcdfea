import { runsLong } from "@hybrid/kernel/testing/slow-inputs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { putBlock, removeBlock } from "#domain/body-editor";
import { findBlocks } from "#domain/find-blocks";
import {
  anyBody,
  anyBodyWithBlocks,
  block,
  exchangeBody,
  onlineMeetingBlob,
  otherBlock,
  ours,
} from "./bodies.ts";

const put = (html: string, what = block): string => putBlock(html, what, ours).html;
const remove = (html: string): string => removeBlock(html, ours);

/** What Exchange does to HTML it stores: line ends, attribute order and quoting, white space between tags. */
const normalised = (html: string): string =>
  html
    .replaceAll(/<div id="([^"]+)" class="([^"]+)" style="([^"]+)">/g, '<div style="$3" class="$2" id=$1>')
    .replaceAll("><div", ">\r\n<div")
    .replaceAll("<strong>", '<strong style="">');
const prefixed = (html: string): string =>
  html.replaceAll(/(id=|class=|")(hybrid-)/g, "$1x_$2").replaceAll(" hybrid-", " x_hybrid-");

/** Bodies for each of the two identities. */
const bodies = runsLong ? 10_000 : 400;

test("property: removing what was put gives every byte back", { timeout: 180_000 }, () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      expect(remove(put(body))).toBe(body);
    }),
    { numRuns: bodies },
  );
});

test("property: putting twice is putting once", { timeout: 180_000 }, () => {
  fc.assert(
    fc.property(fc.oneof(anyBody, anyBodyWithBlocks), (body) => {
      const once = put(body);
      expect(put(once)).toBe(once);
    }),
    { numRuns: bodies },
  );
});

test("property: where a block was placed, exactly one stands, and outside of it no byte differs", () => {
  let placedCount = 0;
  fc.assert(
    fc.property(anyBody, (body) => {
      const { html, placed } = putBlock(body, block, ours);
      const found = findBlocks(html, ours);
      const ranges = found.map(({ start, end }) => ({ start, text: html.slice(start, end) }));
      expect(ranges).toEqual(placed ? [{ start: ranges[0]?.start, text: block.html }] : []);
      const start = ranges[0]?.start ?? html.length;
      expect(html.slice(0, start) + html.slice(start + (placed ? block.html.length : 0))).toBe(body);
      placedCount += placed ? 1 : 0;
    }),
    { numRuns: 400 },
  );
  expect(placedCount).toBeGreaterThan(150);
});

test("property: replacing a block changes nothing but the block", () => {
  fc.assert(
    fc.property(anyBody, (body) => {
      expect(remove(put(put(body), otherBlock))).toBe(body);
      expect(put(put(put(body), otherBlock))).toBe(put(body));
    }),
    { numRuns: 300 },
  );
});

test("property: however many copies there were, what is taken out stays out", () => {
  fc.assert(
    fc.property(anyBodyWithBlocks, (body) => {
      const bare = remove(body);
      expect(findBlocks(bare, ours).filter((found) => found.intact)).toEqual([]);
      expect(remove(put(bare))).toBe(bare);
    }),
    { numRuns: 300 },
  );
});

test("puts the block after everything a person wrote and outside the online meeting", () => {
  const body = exchangeBody(`<p>Agenda</p>${onlineMeetingBlob}<p>See you</p>`);
  const html = put(body);
  expect(html.replace(block.html, "")).toBe(body);
  expect(html).toContain(`<p>See you</p>\r\n${block.html}</body>`);
});

test("appends to a body without tags", () => {
  expect(put("Hello")).toBe(`Hello${block.html}`);
  expect(put("")).toBe(block.html);
});

test("is not misled by a body end in a comment, a script or an attribute", () => {
  const body = '<body><!-- </body> --><script>"</body>"</script><p title="</body>">a</p></body>';
  expect(put(body)).toBe(body.replace(/<\/body>$/, `${block.html}</body>`));
});

test.each([
  ["an unclosed comment", "<body><p>a</p><!-- open </body>"],
  ["an unclosed script", "<body><p>a</p><script>open</body>"],
  ["an unclosed table cell", "<body><p>a</p><table><tr><td>open</body>"],
  ["an unclosed pre", "<body><p>a</p><pre>open</body>"],
  ["an unclosed link", "<body><p>a</p><a href='https://example.com'>open</body>"],
])("places the block before %s rather than into it", (_what, body) => {
  const html = put(body);
  expect(html.indexOf(block.html)).toBeGreaterThan(0);
  expect(html.indexOf(block.html)).toBeLessThan(body.indexOf("open"));
  expect(html.replace(block.html, "")).toBe(body);
});

test("says so when a document has no place for a block", () => {
  expect(putBlock("<frameset><frame src=a></frameset>", block, null)).toEqual({
    html: "<frameset><frame src=a></frameset>",
    placed: false,
  });
});

test.each([
  ["normalised", normalised],
  ["renamed", prefixed],
  ["normalised and renamed twice", (html: string) => prefixed(prefixed(normalised(html)))],
  [
    "wrapped into a division",
    (html: string) => html.replace("<body>", "<body><div>").replace("</body>", "</div></body>"),
  ],
  ["indented and re-spaced", (html: string) => html.replaceAll(" ", "\r\n  ").replaceAll(": ", ":&nbsp;")],
])("recognises its block after Exchange has %s it", (_how, change) => {
  const stored = change(put("<html><body><p>Hi</p></body></html>"));
  expect(put(stored)).toBe(stored);
  expect(remove(stored)).not.toContain("webex");
  expect(remove(stored)).toContain("<p>Hi</p>");
});

test("recognises its block by the known digest when an editor dropped the classes", () => {
  const stored = put("<body><p>Hi</p></body>").replaceAll(/ class="[^"]*"/g, "");
  const known = { digests: [block.digest], lines: [] };
  expect(putBlock(stored, block, known).html).toBe(stored);
  expect(removeBlock(stored, known)).toBe("<body><p>Hi</p></body>");
});

test("collapses copies to one, where the first stood", () => {
  const body = `<body>a${block.html}b${otherBlock.html}c${block.html}</body>`;
  expect(put(body)).toBe(`<body>a${block.html}bc</body>`);
  expect(remove(body)).toBe("<body>abc</body>");
});

test("leaves a quoted copy alone, for it belongs to what a person wrote", () => {
  const body = `<body><blockquote>${block.html}</blockquote></body>`;
  expect(remove(body)).toBe(body);
});

test("keeps what a person wrote into the block, when it is refreshed and when it is removed", () => {
  const touched = put("<body><p>Hi</p></body>").replace(
    "</div></div>",
    "</div><p>Bring <b>cake</b></p></div>",
  );
  expect(put(touched)).toBe(touched);
  expect(put(touched, otherBlock)).toBe(`<body><p>Hi</p>${otherBlock.html}<p>Bring <b>cake</b></p></body>`);
  expect(remove(touched)).toBe("<body><p>Hi</p><p>Bring <b>cake</b></p></body>");
});

test("keeps a line that a person rewrote and an image that a person put into the block", () => {
  const touched = put("<body></body>")
    .replace("From a video system", "Best from a video system")
    .replace("</div></div>", "</div><img src='cid:1'></div>");
  const left = remove(touched);
  expect(left).toContain("Best from a video system: room-17@acme.webex.com");
  expect(left).toContain("<img src='cid:1'>");
  expect(left).not.toContain("Access code");
});

test("keeps a picture put into an otherwise untouched block", () => {
  const touched = put("<body></body>").replace("</div></div>", "<img src='cid:1'></div></div>");
  expect(remove(touched)).toContain("<img src='cid:1'>");
});

test("leaves a division that an editor cloned from ours to the person, who wrote what is in it", () => {
  const clone = `<div id="hybrid-join-details" class="hybrid-join-details">New agenda</div>`;
  const body = put("<body></body>").replace("</body>", `${clone}</body>`);
  expect(put(body)).toBe(body);
  expect(remove(body)).toBe(`<body>${clone}</body>`);
});

test("does not touch a block whose end is lost, because nobody knows what is ours", () => {
  const broken = `<body>${block.html.slice(0, -6)}<p>mine</p></body>`;
  expect(remove(broken)).toBe(broken);
});

test("edits a body of half a megabyte", () => {
  const body = exchangeBody("<p>All work and no play &amp; så vidare</p>\r\n".repeat(11_000));
  expect(remove(put(body))).toBe(body);
});
