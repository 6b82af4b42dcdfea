import { expect, test } from "vitest";
import { findBlocks } from "#domain/find-blocks";
import { parseHtml } from "#domain/html-tree";
import {
  bodyHoldsWebexLink,
  isWebexJoinLink,
  mayHoldWebexLink,
  textHoldsWebexLink,
} from "#domain/webex-links";
import { block, ours } from "./bodies.ts";

const bodyHolds = (html: string): boolean => bodyHoldsWebexLink(parseHtml(html)!, findBlocks(html, ours));

test.each([
  '<a href="https://acme.webex.com/meet/x">a</a>',
  "<p>https://acme.we&#98;ex.com/meet/x</p>",
  '<a href="https://acme.\uff57ebex.com/meet/x">a</a>',
  '<a href="https://acme.we\u00adbex.com/meet/x">a</a>',
  '<a href="https://acme.we&shy;bex.com/meet/x">a</a>',
  '<a href="https://acme.%77ebex.com/meet/x">a</a>',
  '<a href="https://acme.w%65bex.com/meet/x">a</a>',
])("%s holds a link in a spelling that nothing passes over", (html) => {
  expect(mayHoldWebexLink(html)).toBe(true);
  expect(bodyHolds(html)).toBe(true);
});

test("a body without any such spelling is not parsed for links", () => {
  expect(mayHoldWebexLink("<p>Agenda &amp; more: 100 % att\u00e4nda</p>")).toBe(false);
});

test.each([
  "https://acme.webex.com/meet/room-17",
  "http://acme.webex.com/meet/room-17",
  "HTTPS://ACME.WEBEX.COM/MEET/room-17?x=1#y",
  "acme.webex.com/meet/room-17",
  "https://acme.my.webex.com/join/room-17",
  "https://acme.webex.com/m/0a1b2c3d",
  "https://acme.webex.com/acme/j.php?MTID=m0a1b",
  "https://acme.webex.com/wbxmjs/joinservice/sites/acme/meeting/download/0a1b",
  "https://acme.webex.com/webappng/sites/acme/meeting/info/0a1b",
  "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.webex.com%2Fmeet%2Froom-17&data=05",
])("%s leads into a Webex meeting", (address) => {
  expect(isWebexJoinLink(address)).toBe(true);
});

test.each([
  "https://acme.webex.com.evil.example/meet/room-17",
  "https://evilwebex.com/meet/room-17",
  "https://acme.webex.com@evil.example/meet/room-17",
  "https://user:secret@acme.webex.com/meet/room-17",
  "https://evil.example/acme.webex.com/meet/room-17",
  "https://evil.example/?url=https%3A%2F%2Facme.webex.com%2Fmeet%2Froom-17",
  "https://evilsafelinks.protection.outlook.com.example/?url=https%3A%2F%2Facme.webex.com%2Fmeet%2Fx",
  "https://webex.com/meet/room-17",
  "https://help.webex.com/en-us/article/abc",
  "https://acme.webex.com/meet/",
  "https://acme.webex.com",
  "javascript:alert('https://acme.webex.com/meet/x')",
  "mailto:x@acme.webex.com",
  "",
])("%s does not", (address) => {
  expect(isWebexJoinLink(address)).toBe(false);
});

test.each([
  ["@webex https://acme.webex.com/meet/room-17", true],
  ["(see acme.webex.com/meet/room-17).", true],
  ["room-17@acme.webex.com", false],
  ["me@acme.webex.com/meet/room-17", false],
  ["https://evil.example/?to=acme.webex.com/meet/room-17", false],
])("%j as a text: %s", (text, holds) => {
  expect(textHoldsWebexLink(text)).toBe(holds);
});

test.each([
  ['<a href="https://acme.webex.com/meet/room-17">Join</a>', true],
  ["<p>https://acme.webex.com/meet/room-17</p>", true],
  ["<p>https&colon;&sol;&sol;acme&#46;webex.com/meet/room-17</p>", true],
  ["<p>https://acme.<b>webex</b>.com/<wbr>meet/room-17</p>", true],
  ['<a href="https&#58;//acme.webex.com/acme/j.php?MTID=m1&amp;x=2">Join</a>', true],
  [
    '<a href="https://acme.webex.com.evil.example/meet/x">https://acme.webex.com.evil.example/meet/x</a>',
    false,
  ],
  ["<!-- https://acme.webex.com/meet/room-17 -->", false],
  ["<script>'https://acme.webex.com/meet/room-17'</script>", false],
  ["<p>https://acme.webex.com</p><p>/meet/room-17</p>", false],
])("in the body %s: %s", (html, holds) => {
  expect(bodyHolds(html)).toBe(holds);
});

test("our own block does not count, a quoted copy of it does", () => {
  expect(bodyHolds(`<p>Hi</p>${block.html}`)).toBe(false);
  expect(bodyHolds(`<blockquote>${block.html}</blockquote>`)).toBe(true);
});

test("a link that a person put into our block counts", () => {
  expect(bodyHolds(block.html.replace("</div></div>", "</div>https://other.webex.com/meet/me</div>"))).toBe(
    true,
  );
});
