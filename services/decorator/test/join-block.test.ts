import fc from "fast-check";
import { expect, test } from "vitest";
import { putBlock } from "#domain/body-editor";
import { findBlocks } from "#domain/find-blocks";
import { parseHtml, textOf } from "#domain/html-tree";
import { joinBlock } from "#domain/join-block";
import { languageOf } from "#domain/languages/catalogue";
import { oursIn } from "#domain/ownership";
import { room } from "./bodies.ts";

const textIn = (html: string): string => textOf(parseHtml(html)!);

test("says how to join by link, video address, IP address and phone, with the access code", () => {
  const text = textIn(joinBlock(room, "en").html);
  for (const part of [
    room.joinUrl,
    room.sipAddress,
    "192.0.2.17",
    "+46-8-5555-0100 (Sweden Toll)",
    "123 456 789",
  ])
    expect(text).toContain(part);
});

test("leaves out what the room does not have", () => {
  const bare = { ...room, dialInIpAddress: null, phoneNumbers: [], accessCode: null };
  const text = textIn(joinBlock(bare, "en").html);
  expect(text).not.toMatch(/IP address|phone|code|null/i);
});

test("speaks Swedish", () => {
  const { html, language } = joinBlock(room, "sv");
  expect(language).toBe("sv");
  expect(textIn(html)).toContain("Åtkomstkod: 123 456 789");
  expect(joinBlock(room, "sv").digest).not.toBe(joinBlock(room, "en").digest);
});

test.each([
  ["sv", "sv"],
  ["sv-SE", "sv"],
  ["SV_fi", "sv"],
  ["svs", "en"],
  ["de-DE", "de"],
  ["ja", "ja"],
  ["fr_CA", "fr"],
  ["es-419", "es"],
  ["pt-BR", "en"],
  ["en-US", "en"],
  ["", "en"],
  [null, "en"],
])("the language tag %j is answered in %s", (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});

test("never links to anything but https, and never shows a host PIN that came along", () => {
  const strange = { ...room, joinUrl: "javascript:alert(1)", hostPin: "4321" };
  const { html } = joinBlock(strange, "en");
  expect(html).not.toContain("<a ");
  expect(html).not.toContain("4321");
});

test("property: whatever Webex calls its numbers, the block is one block, escaped, and recognised", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom("<b>", '"', "'", "&amp;", "</div>"),
  );
  const anyRoom = fc.record({
    joinUrl: fc.webUrl({ validSchemes: ["https"], withQueryParameters: true }),
    sipAddress: anyText,
    dialInIpAddress: fc.option(anyText),
    phoneNumbers: fc.array(fc.record({ label: anyText, number: anyText })),
    accessCode: fc.option(anyText),
  });
  fc.assert(
    fc.property(anyRoom, fc.constantFrom("en", "sv"), (details, language) => {
      const block = joinBlock(details, language);
      expect(joinBlock(details, language)).toEqual(block);
      const { html } = putBlock("<body>Hi</body>", block, null);
      expect(html).toBe(`<body>Hi${block.html}</body>`);
      const [found] = findBlocks(html, oursIn(block));
      expect(found).toMatchObject({ intact: true, digest: block.digest, language });
    }),
  );
});
