import { actorIdOf, minutes, plus } from "@hybrid/kernel";
import {
  anySlowText,
  budgetMs,
  costMs,
  filled,
  nested,
  numbered,
  runsLong,
  slowTexts,
} from "@hybrid/kernel/testing/slow-inputs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { putBlock, removeBlock } from "#domain/body-editor";
import { bodyCharactersMax } from "#domain/decide-decoration";
import { findBlocks } from "#domain/find-blocks";
import { keywordOf } from "#domain/keyword";
import { textDigest } from "#domain/text-digest";
import { textHoldsWebexLink } from "#domain/webex-links";
import { decoratorHandlers } from "../src/adapters/handlers.ts";
import { decorationOf, invitationOf, oursOf } from "../src/adapters/invitation.ts";
import type { EventModel } from "../src/adapters/ports.ts";
import { block, ours } from "./bodies.ts";
import { event, FakeMailbox, FakeWebex, noOwnRules, SetClock } from "./fake-mailbox.ts";
import { monday, settings } from "./invitations.ts";

const judged = (given: EventModel) =>
  invitationOf(given, {
    settings,
    ours: oursOf(decorationOf(given), undefined),
    isContested: false,
    ownRules: null,
  });

/** Bodies that cost a parser, or what comes after it, more than their length. */
const slowBodies: readonly (readonly [string, string])[] = [
  ["our block within itself", nested("<div id=hybrid-join-details>", "</div>")],
  ["our block with text at every depth", nested("<div id=hybrid-join-details>word", "</div>")],
  ["our whole block many times", filled(block.html)],
  ["our whole block within itself", nested(block.html.slice(0, -6), "</div>")],
  ["lines of ours within lines", nested('<div class="hybrid-join-line hybrid-digest-0">', "</div>")],
  ["our block in inline elements", nested("<span class=hybrid-join-details>", "</span>")],
  ["open blocks without end", filled("<div id=hybrid-join-details>")],
  [
    "different formatting, reopened by every paragraph",
    `${numbered((n) => `<b a=${n}>`, 20_000)}${filled("<p>")}`.slice(0, bodyCharactersMax),
  ],
  ["misnested formatting", filled("<a><div>")],
  ["tables within tables", filled("<table>")],
  ["text that a table throws out", `<table>${filled("x<b>")}`.slice(0, bodyCharactersMax)],
  ["cells that are never closed", filled("<table><tr><td>")],
  ["attributes without end", `<div ${numbered((n) => `a${n} `)}`.slice(0, bodyCharactersMax)],
  ["the same attribute again and again", `<div ${filled("a ")}`.slice(0, bodyCharactersMax)],
  ["classes without end", `<div class="${numbered((n) => `x_${n} `)}`.slice(0, bodyCharactersMax)],
  ["lists", filled("<ul><li>")],
  ["foreign elements", filled("<svg><desc>")],
  ["templates", filled("<template>")],
  ["nothing but less-than", filled("<")],
  ["one address followed by signs", `https://a.example/${filled(".")}`.slice(0, bodyCharactersMax - 1) + "a"],
  ["an address of labels", `${filled("a.")}webex.com`.slice(-bodyCharactersMax)],
  [
    "wrapped links",
    filled("<a href='https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2F'>webex</a>"),
  ],
  ["text", filled("webex all work and no play ")],
];

const property = JSON.stringify({ v: 2, digest: block.digest, language: "en", lines: block.lines });
const invitationWith = (content: string) =>
  judged({ ...event, extendedProperty: property, body: { contentType: "html", content } });

/** A decision costs several readings; without HYBRID_LONG every fourth body is decided about. */
const decided = slowBodies.filter((_, nth) => runsLong || nth % 4 === 0);

describe("no body stops the event loop", () => {
  test.each([...slowBodies, ...slowTexts()])("%s: read within the budget", (_, body) => {
    expect(body.length).toBeGreaterThan(bodyCharactersMax / 3);
    expect(body.length).toBeLessThanOrEqual(bodyCharactersMax);
    expect(costMs(() => invitationWith(body))).toBeLessThan(budgetMs);
  });

  test.each(slowBodies)("%s: blocks of ours are found within the budget", (_, body) => {
    expect(costMs(() => findBlocks(body, ours))).toBeLessThan(budgetMs);
  });

  test.each(decided)("%s: decided, with an outcome", async (_, body) => {
    const mailbox = new FakeMailbox();
    mailbox.put({ extendedProperty: property, body: { contentType: "html", content: body } });
    const cache = { keepMs: minutes(10), entriesMax: 100 };
    const clock = new SetClock();
    const handlers = decoratorHandlers({
      events: mailbox,
      mailboxes: mailbox,
      webex: new FakeWebex(),
      clock,
      ownRulesOf: noOwnRules,
      cache,
    });
    const owner = { tenantId: "t", objectId: "o", mailAddress: "a@acme.example", settings };
    const context = {
      callId: "acme/u-1/1/0",
      actor: actorIdOf("acme/u-1"),
      signal: new AbortController().signal,
      deadlineAt: plus(monday, 30_000),
      actors: () => [],
    };
    const before = process.threadCpuUsage();
    const outcome = await handlers.decorateEvent(
      { kind: "decorateEvent", mailbox: owner, eventId: "e1" },
      context,
    );
    const { user, system } = process.threadCpuUsage(before);
    expect(outcome).toMatchObject({ kind: "eventHandled", result: expect.any(String) });
    // Reading, editing, and proving the edit; each of them costs a parse.
    expect((user + system) / 1_000).toBeLessThan(6 * budgetMs);
  });
});

test("a body nested beyond reason is left alone with a reason, and one of ordinary depth is not", () => {
  expect(invitationWith(nested("<div id=hybrid-join-details>", "</div>"))).toMatchObject({
    bodyIsTooLarge: true,
  });
  const deep = `${"<div>".repeat(300)}webex${"</div>".repeat(300)}`;
  expect(invitationWith(deep)).toMatchObject({ bodyIsTooLarge: false });
});

test("property: whatever a small body is made of, repeated to 1 MB it is read within the budget", () => {
  const own = ["<div>", "</div>", "<b>", "</b>", "<table>", "<td>", "<p>", "</p>", "<a href=", "<!--", "-->"];
  const body = anySlowText([...own, "<div id=hybrid-join-details>", "<svg>", "<select>"]);
  fc.assert(
    fc.property(body, (given) => {
      expect(costMs(() => invitationWith(given))).toBeLessThan(budgetMs);
    }),
    { numRuns: runsLong ? 25 : 10, endOnFailure: true },
  );
}, 60_000);

test.each([...slowTexts(), ["signs", filled("，")] as const])(
  "a location or text of %s is read within the budget",
  (_, text) => {
    expect(costMs(() => keywordOf(text, settings))).toBeLessThan(budgetMs);
    expect(costMs(() => textHoldsWebexLink(text))).toBeLessThan(budgetMs);
    expect(costMs(() => textDigest(text))).toBeLessThan(budgetMs);
    expect(costMs(() => decorationOf({ ...event, extendedProperty: text }))).toBeLessThan(budgetMs);
  },
);

test("editing a large malformed body tries few places", () => {
  const body = `<body><p>${"a</p><p>".repeat(9_000)}<!-- open`;
  expect(costMs(() => putBlock(body, block, ours), 3 * budgetMs)).toBeLessThan(3 * budgetMs);
  expect(costMs(() => removeBlock(filled(block.html), ours), 3 * budgetMs)).toBeLessThan(3 * budgetMs);
});
