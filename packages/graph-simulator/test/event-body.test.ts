import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bodyAs,
  htmlToText,
  meetingBlob,
  normaliseHtml,
  textToHtml,
  withBlob,
} from "../src/calendar/event-body.ts";

const fragment = fc.constantFrom(
  "<html>",
  "<HTML lang='sv'>",
  "</html>",
  "<head>",
  "<head id=x>",
  "</head>",
  "<body>",
  "</body>",
  "<header>",
  "<!-- <html> -->",
  '<meta http-equiv="Content-Type" content="text/html">',
  "<p class=a >text &amp; more</p>",
  "\n",
  "\r\n",
  "\r",
  "  ",
  "å@webex",
);
const markup = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(""));

test("normalising HTML twice changes nothing more", () => {
  fc.assert(
    fc.property(markup, (html) => {
      const once = normaliseHtml(html);
      expect(normaliseHtml(once)).toBe(once);
      expect(/(^|[^\r])\n|\r(?!\n)/.test(once)).toBe(false);
    }),
  );
});

test("normalising only adds: all that was sent is still there, line ends aside", () => {
  fc.assert(
    fc.property(markup, (html) => {
      const sent = html.replace(/\r\n|\r|\n/g, "\r\n");
      let at = 0;
      const stored = normaliseHtml(html);
      for (const char of stored) if (char === sent[at]) at++;
      expect(at).toBe(sent.length);
    }),
  );
});

test("a fragment gets a document around it, a document gets a head", () => {
  const meta = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">';
  expect(normaliseHtml("<p>a</p>\n<p>b</p>")).toBe(
    `<html><head>${meta}</head><body><p>a</p>\r\n<p>b</p></body></html>`,
  );
  expect(normaliseHtml("<html><body>x</body></html>")).toBe(
    `<html><head>${meta}</head><body>x</body></html>`,
  );
  expect(normaliseHtml("<html><head><title>t</title></head></html>")).toBe(
    `<html><head>${meta}<title>t</title></head></html>`,
  );
});

test("text survives the way to HTML and back", () => {
  const line = fc.string().map((text) => text.replace(/\s+/g, " ").trim());
  fc.assert(
    fc.property(
      fc.array(
        line.filter((text) => text !== ""),
        { minLength: 1 },
      ),
      (lines) => {
        const text = lines.join("\r\n");
        expect(htmlToText(textToHtml(text))).toBe(text);
      },
    ),
  );
});

test("the meeting block stands at the end of the body, and a text body becomes HTML for it", () => {
  const blob = meetingBlob("abc", "123");
  const body = withBlob({ contentType: "text", content: "hello" }, blob);
  expect(body.contentType).toBe("html");
  expect(body.content).toContain(`${blob.html}</body></html>`);
  expect(bodyAs(body, "text").content).toMatch(/^hello\r\n/);
});
