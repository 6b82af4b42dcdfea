import { actorIdOf, type CallContext, instant, minutes, ProviderError, plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import type { Call, Input, Mailbox } from "#domain/mailbox-state";
import { decoratorHandlers } from "../src/adapters/handlers.ts";
import { decorationPropertyId } from "../src/adapters/invitation.ts";
import { block, exchangeBody, onlineMeetingBlob, room } from "./bodies.ts";
import { event, FakeMailbox, FakeWebex, noOwnRules, SetClock } from "./fake-mailbox.ts";
import { monday, settings } from "./invitations.ts";

const context: CallContext = {
  callId: "acme/u-1/1/0",
  actor: actorIdOf("acme/u-1"),
  signal: new AbortController().signal,
  deadlineAt: plus(monday, 30_000),
  actors: () => [],
};

const setUp = () => {
  const mailbox = new FakeMailbox();
  const webex = new FakeWebex();
  const clock = new SetClock();
  const cache = { keepMs: minutes(10), entriesMax: 100 };
  const handlers = decoratorHandlers({
    events: mailbox,
    mailboxes: mailbox,
    webex,
    clock,
    ownRulesOf: noOwnRules,
    cache,
  });
  const owner: Mailbox = { tenantId: "t", objectId: "o", mailAddress: "a@acme.example", settings };
  const decorate = async (eventId = "e1", changes: Partial<Mailbox> = {}) => {
    const order = { kind: "decorateEvent", mailbox: { ...owner, ...changes }, eventId } as const;
    return (await handlers.decorateEvent(order, context)) as Extract<Input, { kind: "eventHandled" }>;
  };
  const content = (id = "e1"): string => mailbox.events.get(id)?.body.content ?? "";
  return { mailbox, webex, clock, handlers, decorate, content, owner };
};

test("writes the details into the invitation, and nothing but body and property", async () => {
  const { mailbox, decorate, content } = setUp();
  mailbox.put();
  const outcome = await decorate();
  expect(outcome).toEqual({
    kind: "eventHandled",
    eventId: "e1",
    result: "applied",
    reason: null,
    decorated: {
      digest: block.digest,
      etag: mailbox.events.get("e1")?.etag,
      endsAt: Date.UTC(2026, 0, 7, 10),
    },
  });
  expect(content()).toBe(exchangeBody("<p>Agenda</p>").replace("</body>", `${block.html}</body>`));
  const [patch] = mailbox.patches;
  expect(Object.keys(patch ?? {}).sort()).toEqual(
    ["body", "etag", "eventId", "extendedProperty", "signal", "tenantId", "userObjectId"].sort(),
  );
  expect(patch?.extendedProperty).toEqual({
    id: decorationPropertyId,
    value: JSON.stringify({ v: 2, digest: block.digest, language: "en", lines: block.lines }),
  });
});

test("writes nothing when nothing changed", async () => {
  const { mailbox, decorate } = setUp();
  mailbox.put();
  const { decorated } = await decorate();
  expect(await decorate()).toMatchObject({ result: "unchanged", reason: "current", decorated });
  expect(mailbox.patches).toHaveLength(1);
});

test("keeps the online meeting and the person's text byte for byte", async () => {
  const { mailbox, webex, clock, decorate, content } = setUp();
  const body = exchangeBody(
    `<p>Agenda &amp; more…</p>${onlineMeetingBlob}\r\n<!-- note --><p class=odd>Hi<br>`,
  );
  mailbox.put({ body: { contentType: "html", content: body } });
  await decorate();
  expect(content().replace(block.html, "")).toBe(body);
  webex.room = { ...room, accessCode: "000" };
  clock.at = plus(clock.at, minutes(11));
  expect(await decorate()).toMatchObject({ result: "refreshed" });
  expect(content()).toContain("Access code: 000");
  expect(content()).toContain(onlineMeetingBlob);
  mailbox.edit("e1", { location: { displayName: "Room 5" } });
  expect(await decorate()).toMatchObject({ result: "removed", decorated: null });
  expect(content()).toBe(body);
  expect(mailbox.patches.at(-1)?.extendedProperty.value).toBeNull();
});

test("after a lost race it reads again and edits the newer version", async () => {
  const { mailbox, decorate, content } = setUp();
  mailbox.put();
  let races = 2;
  mailbox.meanwhile = () => {
    if (races-- > 0)
      mailbox.edit("e1", { body: { contentType: "html", content: `<body>newer ${races}</body>` } });
  };
  expect(await decorate()).toMatchObject({ result: "applied" });
  expect(content()).toBe(`<body>newer 0${block.html}</body>`);
  expect(mailbox.reads).toHaveLength(3);
  expect(mailbox.patches).toHaveLength(1);
});

test("when the keyword goes during the race, nothing is written", async () => {
  const { mailbox, decorate } = setUp();
  mailbox.put();
  mailbox.meanwhile = () => void mailbox.edit("e1", { location: { displayName: "" } });
  expect(await decorate()).toMatchObject({ result: "unchanged", reason: "noKeyword" });
  expect(mailbox.patches).toEqual([]);
});

test("gives up a race that does not end, and says that it may be repeated", async () => {
  const { mailbox, decorate } = setUp();
  mailbox.put();
  mailbox.meanwhile = () => void mailbox.edit("e1", {});
  await expect(decorate()).rejects.toMatchObject({ code: "preconditionFailed", retryable: true });
  expect(mailbox.reads).toHaveLength(4);
});

test("an event that is gone is an outcome, not a failure", async () => {
  expect(await setUp().decorate()).toMatchObject({ result: "skipped", reason: "gone", decorated: null });
});

test("without personal room nothing is written; Webex is asked again after ten minutes", async () => {
  const { mailbox, webex, clock, decorate } = setUp();
  mailbox.put();
  webex.room = new ProviderError("none", { code: "personalRoomMissing", retryable: false, status: 404 });
  expect(await decorate()).toMatchObject({ result: "skipped", reason: "personalRoomMissing" });
  webex.room = room;
  expect(await decorate()).toMatchObject({ reason: "personalRoomMissing" });
  clock.at = plus(clock.at, minutes(10));
  expect(await decorate()).toMatchObject({ result: "applied" });
  expect(webex.asked).toEqual(["a@acme.example", "a@acme.example"]);
});

test.each([
  ["@webex:space", "Join this meeting in its Webex space"],
  ["@webex:onetime", "Join this Webex meeting"],
  ["@meet", "Join this meeting in its Webex space"],
])("the details change with the keyword to those of %s, and back", async (displayName, heading) => {
  const { mailbox, webex, decorate, content } = setUp();
  mailbox.put();
  await decorate();
  const before = content();
  mailbox.edit("e1", { location: { displayName } });
  expect(await decorate()).toMatchObject({ result: "refreshed", decorated: { meeting: {} } });
  expect(content()).toContain(heading);
  expect(content()).not.toContain(room.joinUrl);
  expect(webex.meetings.size).toBe(1);
  expect(await decorate()).toMatchObject({ result: "unchanged", reason: "current" });
  mailbox.edit("e1", { location: { displayName: "@webex" } });
  expect(await decorate()).toMatchObject({ result: "refreshed" });
  expect(content()).toBe(before);
  expect(webex.meetings.size).toBe(0);
});

test("what Webex refuses to make takes the details of the personal room with it", async () => {
  const { mailbox, webex, decorate, content } = setUp();
  mailbox.put();
  const before = content();
  await decorate();
  webex.refusal = new ProviderError("scope", { code: "invalidRequest", retryable: false, status: 403 });
  mailbox.edit("e1", { location: { displayName: "@webex:onetime" } });
  expect(await decorate()).toMatchObject({ result: "removed", reason: "actionNotAvailable" });
  expect(content()).toBe(before);
  expect(mailbox.patches.at(-1)?.extendedProperty.value).toBeNull();
  expect(await decorate()).toMatchObject({ result: "skipped", reason: "actionNotAvailable" });
  webex.refusal = new ProviderError("busy", { code: "throttled", retryable: true, status: 429 });
  await expect(decorate()).rejects.toThrow("busy");
});

test("the details go with the personal room, yet not while Webex fails, nor out of a draft", async () => {
  const { mailbox, webex, clock, decorate, content } = setUp();
  mailbox.put();
  const before = content();
  await decorate();
  const after = content();
  clock.at = plus(clock.at, minutes(11));
  webex.room = new ProviderError("down", { code: "unavailable", retryable: true, status: 503 });
  await expect(decorate()).rejects.toMatchObject({ code: "unavailable" });
  webex.room = new ProviderError("none", { code: "personalRoomMissing", retryable: false, status: 404 });
  mailbox.edit("e1", { isDraft: true });
  expect(await decorate()).toMatchObject({ result: "skipped", reason: "draft" });
  mailbox.edit("e1", { isDraft: true, attendeesCount: 0 });
  expect(await decorate()).toMatchObject({ result: "skipped", reason: "draft" });
  expect(content()).toBe(after);
  mailbox.edit("e1", { isDraft: false });
  expect(await decorate()).toMatchObject({
    result: "removed",
    reason: "personalRoomMissing",
    decorated: null,
  });
  expect(content()).toBe(before);
  expect(await decorate()).toMatchObject({ result: "skipped", reason: "personalRoomMissing" });
  expect(mailbox.patches).toHaveLength(2);
});

test("a failure of Webex is passed on and not kept", async () => {
  const { mailbox, webex, decorate } = setUp();
  mailbox.put();
  webex.room = new ProviderError("down", { code: "unavailable", retryable: true, status: 503 });
  await expect(decorate()).rejects.toMatchObject({ code: "unavailable" });
  webex.room = room;
  expect(await decorate()).toMatchObject({ result: "applied" });
});

test.each([
  ["sv-SE", null, "Åtkomstkod"],
  ["sv-SE", "en-GB", "Access code"],
  ["en-US", "sv", "Åtkomstkod"],
  ["de-DE", null, "Zugriffscode"],
  ["ja-JP", null, "アクセスコード"],
  ["pt-PT", null, "Access code"],
  [null, null, "Access code"],
])("with mailbox locale %j and organisation language %j it writes %s", async (locale, language, words) => {
  const { mailbox, decorate, content } = setUp();
  mailbox.put();
  mailbox.locale = locale;
  await decorate("e1", { settings: { ...settings, language } });
  expect(content()).toContain(words);
  expect(mailbox.settingsAsked).toBe(language === null ? 1 : 0);
});

test("details keep their language when the mailbox or the organisation changes to another one", async () => {
  const { mailbox, webex, clock, decorate, content } = setUp();
  mailbox.put();
  await decorate("e1", { settings: { ...settings, language: "sv" } });
  webex.room = { ...room, accessCode: "000" };
  clock.at = plus(clock.at, minutes(11));
  expect(await decorate("e1", { settings: { ...settings, language: "en" } })).toMatchObject({
    result: "refreshed",
  });
  expect(content()).toContain("Åtkomstkod: 000");
});

test("adds details when the person deletes the own link, or the details", async () => {
  const { mailbox, decorate, content } = setUp();
  const own = '<body><a href="https://acme.webex.com/meet/me">Join</a></body>';
  mailbox.put({ body: { contentType: "html", content: own } });
  expect(await decorate()).toMatchObject({ result: "skipped", reason: "ownWebexLink" });
  mailbox.edit("e1", { body: { contentType: "html", content: "<body>Hi</body>" } });
  expect(await decorate()).toMatchObject({ result: "applied" });
  mailbox.edit("e1", { body: { contentType: "html", content: "<body>Hi again</body>" } });
  expect(await decorate()).toMatchObject({ result: "applied" });
  expect(content()).toBe(`<body>Hi again${block.html}</body>`);
});

test("an appointment with an empty body gets details, a text body is left alone", async () => {
  const { mailbox, decorate, content } = setUp();
  mailbox.put({ attendeesCount: 0, isDraft: true, body: { contentType: "text", content: "" } });
  expect(await decorate()).toMatchObject({ result: "applied" });
  expect(content()).toBe(block.html);
  mailbox.put({ id: "e2", body: { contentType: "text", content: "plain" } });
  expect(await decorate("e2")).toMatchObject({ result: "skipped", reason: "bodyNotHtml" });
});

const readPage = async (pages: FakeMailbox["pages"], page: Extract<Call, { kind: "readDelta" }>["page"]) => {
  const { mailbox, handlers, owner } = setUp();
  mailbox.pages = pages;
  const order = { kind: "readDelta", mailbox: owner, roundStartedAt: monday, page } as const;
  const outcome = (await handlers.readDelta(order, context)) as Extract<Input, { kind: "pageRead" }>;
  return { outcome, request: mailbox.deltaRequests[0] };
};

const firstPage = { kind: "first", window: { startsAt: monday, endsAt: instant(monday + 1) } } as const;

test("a page becomes facts: own meetings, removals, masters; no content", async () => {
  const events = [
    {
      kind: "event",
      event: { ...event, id: "own", body: { contentType: "html", content: `secret${block.html}` } },
    },
    { kind: "event", event: { ...event, id: "other", isOrganizer: false } },
    { kind: "event", event: { ...event, id: "m1", type: "seriesMaster", isOrganizer: false } },
    { kind: "occurrence", id: "o1", seriesMasterId: "m1" },
    { kind: "occurrence", id: "o2", seriesMasterId: "m2" },
    { kind: "removed", id: "r1" },
    { kind: "sparse", id: "s1" },
  ] as const;
  const { outcome, request } = await readPage([{ events, nextLink: "n1", deltaLink: null }], firstPage);
  expect(outcome).toMatchObject({
    kind: "pageRead",
    masters: ["m1"],
    mastersElsewhere: ["m2"],
    unread: ["s1"],
    next: { kind: "page", link: "n1" },
  });
  expect(
    outcome.events.map(({ eventId, keywordAction, marked, removed }) => [
      eventId,
      keywordAction,
      marked,
      removed,
    ]),
  ).toEqual([
    ["own", "personalRoom", true, false],
    ["r1", null, false, true],
  ]);
  expect(JSON.stringify(outcome)).not.toMatch(/secret|Room 5|acme/);
  expect(request).toMatchObject({ from: { window: firstPage.window }, pageSize: 50 });
});

test("the outcome of a full page stays below 64 KiB", async () => {
  const id = (i: number) => `AAkALgAAAAAA${String(i).padStart(180, "0")}`;
  const events = Array.from(
    { length: 60 },
    (_, i) => ({ kind: "event", event: { ...event, id: id(i), type: "seriesMaster" } }) as const,
  );
  const { outcome } = await readPage([{ events, nextLink: null, deltaLink: "d".repeat(4_000) }], {
    kind: "link",
    link: "l",
  });
  expect(JSON.stringify(outcome).length).toBeLessThan(64 * 1024);
  expect(outcome.next.kind).toBe("delta");
});

test("a page without any link is refused", async () => {
  await expect(readPage([{ events: [], nextLink: null, deltaLink: null }], firstPage)).rejects.toMatchObject({
    code: "unexpected",
  });
});

test("a mailbox whose settings are not found does not make its event gone", async () => {
  const { mailbox, decorate, content } = setUp();
  mailbox.put();
  mailbox.settingsFailure = new ProviderError("none", { code: "notFound", retryable: false, status: 404 });
  const before = content();
  await expect(decorate()).rejects.toBe(mailbox.settingsFailure);
  expect(content()).toBe(before);
  mailbox.settingsFailure = null;
  expect((await decorate()).result).toBe("applied");
});

test("a body beyond all reason is left alone, and the one below the bound is written", async () => {
  const { mailbox, decorate } = setUp();
  const body = (length: number) => ({ contentType: "html", content: "x".repeat(length) }) as const;
  mailbox.put({ body: body(1_000_001) });
  expect(await decorate()).toMatchObject({ result: "skipped", reason: "bodyTooLarge" });
  mailbox.put({ body: body(1_000_000) });
  expect((await decorate()).result).toBe("applied");
});

test("a page that leads to itself is refused: it would be read for ever", async () => {
  const { mailbox, handlers, owner } = setUp();
  mailbox.pages.push({ events: [], nextLink: "https://graph.example/same", deltaLink: null });
  const page = { kind: "link", link: "https://graph.example/same" } as const;
  const order = { kind: "readDelta", mailbox: owner, roundStartedAt: monday, page } as const;
  await expect(handlers.readDelta(order, context)).rejects.toThrow("leads to the same page again");
});
