import fc from "fast-check";
import { parse } from "parse5";
import { expect, test } from "vitest";
import { cardLines } from "../src/rendering/card-text.ts";
import { type ChatMessage, emptyMessage } from "../src/rendering/chat-message.ts";
import { fileName, nameInDisposition } from "../src/rendering/file-names.ts";
import { type MailSource, renderMail } from "../src/rendering/render-mail.ts";
import { fromMarkdown, harmless, textOf } from "../src/rendering/safe-html.ts";
import { attacks } from "./attacks.ts";
import { mailSource } from "./mail-source.ts";

interface Node {
  readonly nodeName: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly Node[];
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.childNodes ?? []).flatMap(nodesOf)];

const badElements = new Set(
  "script style iframe object embed svg math form input button link base frame frameset video audio template".split(
    " ",
  ),
);

/** What of a page could act, or fetch something from elsewhere. */
const dangers = (html: string): readonly string[] =>
  nodesOf(parse(html) as unknown as Node).flatMap(({ nodeName, attrs = [] }) => [
    ...(badElements.has(nodeName) ? [nodeName] : []),
    ...attrs.flatMap(({ name, value }) => {
      if (/^on/i.test(name) || name === "srcdoc") return [`${nodeName}@${name}`];
      if (name === "src" && !value.startsWith("cid:")) return [`src ${value}`];
      if (name === "href" && !/^(?:https?:|mailto:)/i.test(value) && value !== "") return [`href ${value}`];
      return [];
    }),
  ]);

const everywhere = (attack: string): MailSource =>
  mailSource({
    title: attack,
    quote: { author: attack, text: attack },
    author: { address: attack, name: attack },
    message: {
      ...emptyMessage,
      html: attack,
      cards: [{ body: [{ type: "TextBlock", text: attack, title: attack }] }],
    },
    files: [{ name: attack, contentType: "image/png", bytes: new Uint8Array(3) }],
    missing: [{ name: attack, reason: "tooLarge" }],
  });

test.each(attacks)("what attacks comes out harmless, wherever it stands: %s", (attack) => {
  const forms: readonly Partial<ChatMessage>[] = [
    { html: attack },
    { markdown: attack },
    { text: attack },
    { inputs: { [attack]: attack } },
  ];
  const source = everywhere(attack);
  for (const form of forms)
    expect(
      dangers(renderMail({ ...source, message: { ...source.message, html: null, ...form } }).html),
    ).toEqual([]);
});

test("property: no HTML and no Markdown gets anything through that acts", () => {
  const piece = fc.oneof(
    fc.constantFrom(...attacks),
    fc.constantFrom(
      "<",
      ">",
      '"',
      "'",
      "&",
      "`",
      "[",
      "](",
      ")",
      "<b",
      "<a href=",
      "</p>",
      "\0",
      "\n",
      "<!--",
      "-->",
    ),
    fc.string({ maxLength: 10 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join("")),
      (text) => {
        expect(dangers(harmless(text))).toEqual([]);
        expect(dangers(fromMarkdown(text))).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});

test("mentions, lists and links stay readable", () => {
  const html = fromMarkdown(
    "Hello <@personId:abc|Ada *L*> and <@all>\n\n- one\n- [two](https://acme.example/?a=1&b=2)",
  );
  expect(html).toContain("<strong>@Ada *L*</strong>");
  expect(html).toContain("<strong>@All</strong>");
  expect(html).toContain('<a href="https://acme.example/?a=1&amp;b=2" rel="noopener noreferrer">two</a>');
  const spark = '<p><spark-mention data-object-type="person" data-object-id="x">Ada</spark-mention> hi</p>';
  expect(harmless(spark)).toBe("<p><strong>Ada</strong> hi</p>");
});

test("HTML in Markdown stays text", () => {
  expect(fromMarkdown("<b>not bold</b>")).toContain("&lt;b&gt;not bold&lt;/b&gt;");
});

test("versions of a message are threads' parts: the same subject, linked to the original and to the space", () => {
  const created = renderMail(mailSource());
  const updated = renderMail(mailSource({ item: { ...mailSource().item, kind: "updated", eventId: "e2" } }));
  expect(updated.subject).toBe(created.subject);
  expect(updated.internetMessageId).not.toBe(created.internetMessageId);
  expect(updated.inReplyTo).toBe(created.internetMessageId);
  expect(updated.references[0]).toBe(created.inReplyTo);
  expect(updated.html).toContain("Edited");
  const reply = renderMail(mailSource({ message: { ...emptyMessage, text: "yes", parentId: "p1" } }));
  expect(reply.inReplyTo).toBe("<p1@webex-archive.invalid>");
});

test("the largest files go until the item fits, and the mail says which", () => {
  const file = (name: string, size: number) => ({
    name,
    contentType: "text/plain",
    bytes: new Uint8Array(size),
  });
  const mail = renderMail(
    mailSource({ files: [file("a", 600), file("b", 700), file("c", 300)], itemBytesMax: 1_000 }),
  );
  expect(mail.files.map(({ name }) => name)).toEqual(["a", "c"]);
  expect([mail.isPartial, mail.html.includes("&quot;b&quot; is larger")]).toEqual([true, true]);
});

test("pictures are shown, other files hang on", () => {
  const bytes = new Uint8Array(3);
  const mail = renderMail(
    mailSource({
      files: [
        { name: "a.png", contentType: "image/png", bytes },
        { name: "b.svg", contentType: "image/svg+xml", bytes },
      ],
    }),
  );
  expect(mail.files.map(({ contentId }) => contentId === null)).toEqual([false, true]);
  expect(mail.html).toContain(`src="cid:${mail.files[0]?.contentId}"`);
});

test("a card is its texts, at most 300 lines of it", () => {
  const card = {
    type: "AdaptiveCard",
    body: [
      { type: "TextBlock", text: "Approve?" },
      { type: "FactSet", facts: [{ title: "Cost", value: "10" }] },
      { type: "ColumnSet", columns: [{ items: [{ type: "RichTextBlock", inlines: ["bold"] }] }] },
    ],
    actions: [{ type: "Action.OpenUrl", title: "Open", url: "https://acme.example" }],
  };
  expect(cardLines(card)).toEqual(["Approve?", "Cost: 10", "bold", "Open: https://acme.example"]);
  let deep: unknown = "bottom";
  for (let depth = 0; depth < 10_000; depth++) deep = { items: [deep] };
  expect(cardLines(deep)).toEqual([]);
  expect(cardLines({ items: Array.from({ length: 100_000 }, (_, at) => `${at}`) })).toHaveLength(300);
});

test.each([
  [null, "file-1"],
  ["../../etc/passwd", "_.._etc_passwd"],
  ["a\u202Egpj.exe", "a_gpj.exe"],
  ["\r\nBcc: x@y", "__Bcc_ x@y"],
  [`${"x".repeat(300)}.pdf`, `${"x".repeat(176)}.pdf`],
])("a file name %j becomes %j", (given, expected) => {
  expect(fileName(given, 0)).toBe(expected);
});

test.each([
  ['attachment; filename="a \\"b\\".txt"', 'a "b".txt'],
  ["attachment; filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"],
  ['attachment; filename="plan%206%20pl%C3%A4n.txt"', "plan 6 plän.txt"],
  ['attachment; filename="100%.txt"', "100%.txt"],
  ["attachment; filename=plain.txt", "plain.txt"],
  ["attachment", null],
  [null, null],
])("the name in %j is %j", (header, expected) => {
  expect(nameInDisposition(header)).toBe(expected);
});

test("the text of a page is what it says", () => {
  expect(textOf("<p>One &amp; two<br>three</p><p>four</p>")).toBe("One & two\nthree\nfour");
});
