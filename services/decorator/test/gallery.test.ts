import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { putBlock, removeBlock } from "#domain/body-editor";
import { findBlocks } from "#domain/find-blocks";
import { joinBlock, plainStyle } from "#domain/join-block";
import { languages } from "#domain/languages/catalogue";
import { oursIn } from "#domain/ownership";
import { room } from "./bodies.ts";

/*
 * Goal: the editor hurts no body that a real client writes, and finds its own block again in what they make
 * of it. Method: bodies of our own, made as each client's documentation and its public output show them; what
 * a client does to a stored block is done to ours alone, so that every other byte can be compared.
 */

const folder = new URL("gallery/", import.meta.url);
const gallery = readdirSync(folder).map(
  (name) => [name, readFileSync(new URL(name, folder), "utf8")] as const,
);

const lines = (html: string, change: (attributes: string, inner: string) => string): string =>
  html.replace(/<div (class="hybrid-join-line[^"]*")>(.*?)<\/div>/g, (_, attributes: string, inner: string) =>
    change(attributes, inner),
  );

/** What clients do to a block of HTML that they store or send on. */
const clients: readonly (readonly [string, (html: string) => string])[] = [
  [
    "Exchange: line ends, order and quotes of attributes",
    (html) =>
      html
        .replace(/<div id="([^"]+)" class="([^"]+)" style="([^"]+)">/, '<div class="$2" style="$3" id=$1>')
        .replaceAll("><div", ">\r\n<div")
        .replaceAll("<strong>", '<strong style="">'),
  ],
  [
    "Outlook on the web: names with x_ before them",
    (html) =>
      html
        .replace('id="hybrid-', 'id="x_hybrid-')
        .replace(/class="[^"]*"/g, (names) => names.replace(/(?<=["\s])hybrid-/g, "x_hybrid-")),
  ],
  ["a second forwarding: x_x_", (html) => html.replace(/(?<=["\s])hybrid-/g, "x_x_hybrid-")],
  [
    "Outlook for Windows: paragraphs of Word in every line",
    (html) =>
      lines(
        html,
        (attributes, inner) =>
          `<div ${attributes}>\r\n<p class="MsoNormal">${inner.replaceAll("strong>", "b>")}<o:p></o:p></p>\r\n</div>\r\n`,
      ),
  ],
  [
    "Outlook for Mac: spans and fonts around words",
    (html) =>
      lines(
        html,
        (attributes, inner) =>
          `<div ${attributes} style="font-size:11.0pt"><span lang="EN-US"><font face="Aptos">${inner}</font></span></div>`,
      ),
  ],
  ["Outlook for phones: no class is left", (html) => html.replaceAll(/ class="[^"]*"/g, "")],
  [
    "Apple Mail: empty classes, line breaks",
    (html) =>
      html
        .replaceAll("<strong>", '<strong class="">')
        .replaceAll("</div></div>", '</div><br class=""></div>'),
  ],
  [
    "a mail filter: wrapped text of links stays, references for signs",
    (html) => html.replaceAll("https://", "https:&#47;&#47;").replaceAll("@", "&#64;"),
  ],
  ["an editor: hard spaces", (html) => html.replaceAll(": ", ":&nbsp;")],
];

describe.each(gallery)("%s", (_name, body) => {
  test.each(languages)("holds the block in language %s and gives every byte back", (language) => {
    for (const place of ["personalRoom", "space", "oneTime"] as const) {
      const header = "Welcome <b>\r\n& read this";
      const block = joinBlock(room, language, { ...plainStyle, place, header, footer: header });
      const { html, placed } = putBlock(body, block, null);
      expect(placed).toBe(true);
      expect(html.replace(block.html, "")).toBe(body);
      expect(putBlock(html, block, oursIn(block)).html).toBe(html);
      expect(removeBlock(html, oursIn(block))).toBe(body);
    }
  });

  test.each(clients)("%s", (_client, change) => {
    const block = joinBlock(room, "sv");
    const ours = oursIn(block);
    const { html } = putBlock(body, block, null);
    const stored = html.replace(block.html, () => change(block.html));
    expect(stored).not.toBe(html);
    expect(findBlocks(stored, ours)).toMatchObject([{ intact: true, digest: block.digest }]);
    // Nothing is written when nothing is wrong, and nothing is left when it goes.
    expect(putBlock(stored, block, ours).html).toBe(stored);
    expect(removeBlock(stored, ours).replaceAll(/\s+/g, "")).toBe(body.replaceAll(/\s+/g, ""));
    const other = joinBlock({ ...room, accessCode: "1" }, "sv");
    const refreshed = putBlock(stored, other, ours).html;
    expect(removeBlock(refreshed, oursIn(other)).replaceAll(/\s+/g, "")).toBe(body.replaceAll(/\s+/g, ""));
  });

  test("two copies become one, and a person's words in it stay", () => {
    const block = joinBlock(room, "en");
    const ours = oursIn(block);
    const { html } = putBlock(body, block, null);
    const twice = html.replace("</body>", () => `${block.html}</body>`);
    const merged = putBlock(twice, block, ours).html;
    expect(findBlocks(merged, ours)).toHaveLength(1);
    expect(removeBlock(merged, ours)).toBe(body);
    const edited = html.replace(block.html, () => block.html.replace(/<\/div>$/, "<p>Bring cake</p></div>"));
    expect(putBlock(edited, block, ours).html).toBe(edited);
    expect(removeBlock(edited, ours)).toContain("<p>Bring cake</p>");
    expect(removeBlock(edited, ours).replace("<p>Bring cake</p>", "")).toBe(body);
  });
});

test("the gallery is there", () => {
  expect(gallery.length).toBeGreaterThanOrEqual(10);
});

test("a NUL, lone surrogates and bare line ends outside of the block stay", () => {
  const block = joinBlock(room, "ja");
  for (const body of [
    "<body>a\u0000b</body>",
    "<body>\ud83d</body>",
    "<body>a\rb\nc\r\n</body>",
    "a\u0000",
  ]) {
    const { html } = putBlock(body, block, null);
    expect(removeBlock(html, oursIn(block))).toBe(body);
  }
});
