import { actorIdOf, type CallContext, minutes, plus } from "@hybrid/kernel";
import { describe, expect, test } from "vitest";
import { putBlock, removeBlock } from "#domain/body-editor";
import { joinBlock } from "#domain/join-block";
import type { Input, Mailbox } from "#domain/mailbox-state";
import { oursIn } from "#domain/ownership";
import { decoratorHandlers } from "../src/adapters/handlers.ts";
import { block, room } from "./bodies.ts";
import { event, FakeMailbox, FakeWebex, noOwnRules, SetClock } from "./fake-mailbox.ts";
import { monday, settings } from "./invitations.ts";

const context: CallContext = {
  callId: "acme/u-1/1/0",
  actor: actorIdOf("acme/u-1"),
  signal: new AbortController().signal,
  deadlineAt: plus(monday, 30_000),
  actors: () => [],
};
const owner: Mailbox = { tenantId: "t", objectId: "o", mailAddress: "a@acme.example", settings };

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
  const decorate = async (knownDigest?: string) => {
    const known = knownDigest === undefined ? {} : { knownDigest };
    const order = { kind: "decorateEvent", mailbox: owner, eventId: "e1", ...known } as const;
    return (await handlers.decorateEvent(order, context)) as Extract<Input, { kind: "eventHandled" }>;
  };
  const content = (): string => mailbox.events.get("e1")?.body.content ?? "";
  const write = (html: string) => ({ body: { contentType: "html", content: html } }) as const;
  return { mailbox, webex, clock, handlers, decorate, content, write };
};

/**
 * Carol's details, of the same site: heading, telephone number and IP address are those of everybody there.
 */
const carols = joinBlock(
  {
    ...room,
    joinUrl: "https://acme.webex.com/meet/carol",
    sipAddress: "carol@acme.webex.com",
    accessCode: "7",
  },
  "en",
);
const withoutClasses = (html: string): string => html.replaceAll(/ class="[^"]*"/g, "");
const pasted = `<html><body><p>See how Carol does it:</p>${carols.html}<p>Bye</p></body></html>`;

describe("somebody else's details in a person's own meeting", () => {
  test.each(["Room 5", "@webex"])("stay, with location %s: nothing is written", async (displayName) => {
    const { mailbox, decorate, content, write } = setUp();
    mailbox.put({ location: { displayName }, ...write(pasted) });
    expect(["unchanged", "skipped"]).toContain((await decorate()).result);
    expect(mailbox.patches).toEqual([]);
    expect(content()).toBe(pasted);
  });

  test("count as the person's own link, so that no second one is added", async () => {
    const { mailbox, decorate, write } = setUp();
    mailbox.put(write(pasted));
    expect(await decorate()).toMatchObject({ result: "skipped", reason: "ownWebexLink" });
  });

  test("stay beside our own block, which is refreshed and removed around them", async () => {
    const { mailbox, webex, clock, decorate, content, write } = setUp();
    mailbox.put(write("<body><p>Hi</p></body>"));
    await decorate();
    const both = content().replace("<p>Hi</p>", `<p>Hi</p>${carols.html}`);
    mailbox.edit("e1", write(both));
    expect(await decorate()).toMatchObject({ result: "unchanged", reason: "current" });
    webex.room = { ...room, accessCode: "000" };
    clock.at = plus(clock.at, minutes(11));
    expect(await decorate()).toMatchObject({ result: "refreshed" });
    expect(content()).toContain(carols.html);
    mailbox.edit("e1", { location: { displayName: "Room 5" } });
    expect(await decorate()).toMatchObject({ result: "removed" });
    expect(content()).toBe(`<body><p>Hi</p>${carols.html}</body>`);
  });

  test("stay when they were quoted with renamed ids, or lost their classes", async () => {
    for (const change of [withoutClasses, (html: string) => html.replaceAll("hybrid-", "x_hybrid-")]) {
      const { mailbox, decorate, content, write } = setUp();
      mailbox.put({ location: { displayName: "Room 5" }, ...write(change(pasted)) });
      expect(await decorate()).toMatchObject({ result: "unchanged", reason: "noKeyword" });
      expect(content()).toBe(change(pasted));
    }
  });

  test("even our own details are the person's text where we never wrote any", async () => {
    const { mailbox, decorate, content, write } = setUp();
    const copied = `<body>${block.html}</body>`;
    mailbox.put({ location: { displayName: "Room 5" }, ...write(copied) });
    expect(await decorate()).toMatchObject({ result: "unchanged", reason: "noKeyword" });
    expect(content()).toBe(copied);
  });
});

describe("our own block in which a client dropped every class attribute", () => {
  const decorated = async () => {
    const set = setUp();
    set.mailbox.put(set.write("<html><body><p>Hi</p></body></html>"));
    await set.decorate();
    set.mailbox.edit("e1", set.write(withoutClasses(set.content())));
    return set;
  };

  test("is still known as current", async () => {
    const { mailbox, decorate } = await decorated();
    expect(await decorate()).toMatchObject({ result: "unchanged", reason: "current" });
    expect(mailbox.patches).toHaveLength(1);
  });

  test("is seen by the next sweep, and removed when the keyword is gone", async () => {
    const { mailbox, handlers, decorate, content } = await decorated();
    const changed = mailbox.edit("e1", { location: { displayName: "Room 5" } });
    const events = [{ kind: "event", event: { ...changed, extendedProperty: null } }] as const;
    mailbox.pages = [{ events, nextLink: null, deltaLink: "d" }];
    const page = { kind: "link", link: "l" } as const;
    const read = { kind: "readDelta", mailbox: owner, roundStartedAt: monday, page } as const;
    expect(await handlers.readDelta(read, context)).toMatchObject({
      events: [{ eventId: "e1", marked: true }],
    });
    expect(await decorate()).toMatchObject({ result: "removed", decorated: null });
    expect(content()).toBe("<html><body><p>Hi</p></body></html>");
  });

  test("is refreshed where it stands, in its language", async () => {
    const { mailbox, webex, clock, decorate, content } = await decorated();
    webex.room = { ...room, accessCode: "000" };
    clock.at = plus(clock.at, minutes(11));
    expect(await decorate()).toMatchObject({ result: "refreshed" });
    expect(content().match(/Meeting link/g)).toHaveLength(1);
    expect(mailbox.patches).toHaveLength(2);
  });

  test("keeps what a person wrote into it, line by line", async () => {
    const { mailbox, decorate, content, write } = await decorated();
    mailbox.edit("e1", {
      location: { displayName: "Room 5" },
      ...write(content().replace("</div></div>", "</div><p>Bring cake</p></div>")),
    });
    expect(await decorate()).toMatchObject({ result: "removed" });
    expect(content()).toBe("<html><body><p>Hi</p><p>Bring cake</p></body></html>");
  });

  test("is known by what is remembered when the property was lost too", async () => {
    const { mailbox, decorate, content } = await decorated();
    mailbox.edit("e1", { location: { displayName: "Room 5" }, extendedProperty: null });
    expect(await decorate()).toMatchObject({ result: "unchanged", reason: "noKeyword" });
    expect(await decorate(block.digest)).toMatchObject({ result: "removed" });
    expect(content()).toBe("<html><body><p>Hi</p></body></html>");
  });
});

test("a property of an older version still proves ownership by the block's digest", async () => {
  const { mailbox, decorate, content, write } = setUp();
  const extendedProperty = JSON.stringify({ v: 1, digest: block.digest, language: "en" });
  mailbox.put({ location: { displayName: "" }, extendedProperty, ...write(`<body>Hi${block.html}</body>`) });
  expect(await decorate()).toMatchObject({ result: "removed" });
  expect(content()).toBe("<body>Hi</body>");
  for (const odd of ["", "[]", "{", '{"v":3}', '{"v":2,"digest":5}', "null"]) {
    mailbox.put({
      location: { displayName: "" },
      extendedProperty: odd,
      ...write(`<body>${block.html}</body>`),
    });
    expect(await decorate()).toMatchObject({ result: "unchanged" });
  }
});

describe("a client that alters a line of ours at every save", () => {
  const known = oursIn(block);
  const saves = (alter: (html: string, save: number) => string): string => {
    let html = putBlock("<html><body><p>Hi</p></body></html>", block, null).html;
    for (let save = 1; save <= 5; save++) html = putBlock(alter(html, save), block, known).html;
    return html;
  };
  const inBlock = (html: string, change: (block: string) => string): string => {
    const start = html.lastIndexOf('<div id="hybrid-join-details"');
    return html.slice(0, start) + change(html.slice(start));
  };

  test.each<[string, (html: string, save: number) => string]>([
    ["always alike", (html) => inBlock(html, (ours) => ours.replace("By phone", "Tel."))],
    [
      "each time otherwise",
      (html, save) => inBlock(html, (ours) => ours.replace("By phone", `Tel. (${save})`)),
    ],
    [
      "always alike, and drops the classes",
      (html) => withoutClasses(inBlock(html, (ours) => ours.replace("By phone", "Tel."))),
    ],
    [
      "always alike, and wraps the body",
      (html) =>
        inBlock(html, (ours) => ours.replace("By phone", "Tel."))
          .replace("<body>", "<body><div>")
          .replace("</body>", "</div></body>"),
    ],
  ])("%s leaves one stale line, not one more each time", (_, alter) => {
    const html = saves(alter);
    expect(html.match(/Tel\./g)).toHaveLength(1);
    expect(html.match(/By phone/g)).toHaveLength(1);
    expect(html).toContain("<p>Hi</p>");
    expect(putBlock(html, block, known).html).toBe(html);
  });

  test("loses no word of a person's own, before, in or after the block", () => {
    const html = saves((given, save) =>
      inBlock(given, (ours) =>
        ours.replace("By phone", "Tel.").replace(/<\/div><\/div>/, `</div><p>note ${save}</p></div>`),
      ),
    );
    for (const word of ["Hi", "note 1", "note 2", "note 3", "note 4", "note 5"]) expect(html).toContain(word);
    expect(removeBlock(html, known)).not.toContain("Access code");
  });
});

test("an event of nobody's is untouched: the fixture of these tests has no property", () => {
  expect(event.extendedProperty).toBeNull();
});
