import { actorIdOf, minutes, plus } from "@hybrid/kernel";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { expect, test } from "vitest";
import { graphPorts } from "../src/adapters/graph-ports.ts";
import { decoratorHandlers } from "../src/adapters/handlers.ts";
import { FakeWebex, noOwnRules, SetClock } from "./fake-mailbox.ts";
import { monday, settings } from "./invitations.ts";

const base: GraphEvent = {
  id: "e1",
  "@odata.etag": 'W/"1"',
  type: "singleInstance",
  isOrganizer: true,
  start: { dateTime: "2026-01-07T09:00:00.0000000", timeZone: "UTC" },
  end: { dateTime: "2026-01-07T10:00:00.0000000", timeZone: "UTC" },
  location: { displayName: "@webex" },
};

/** The decorator over a Graph that answers GET with just this event. */
const outcomeOf = async (more: Partial<GraphEvent>) => {
  const event = { ...base, ...more };
  const written: unknown[] = [];
  const ports = graphPorts({
    events: {
      get: async () => ({ etag: 'W/"1"', bodyHtml: null, extendedProperty: null, event }),
      update: async (order) => {
        written.push(order.body);
        return { etag: 'W/"2"' };
      },
      async *delta() {
        yield { events: [event], removed: [], deltaLink: "https://graph.example/delta" };
      },
    },
    mailboxes: {
      probe: async () => ({ userPurpose: null }),
      getSettings: async () => ({ locale: null, timeZone: null, userPurpose: null, automaticReplies: null }),
    },
  });
  const cache = { keepMs: minutes(10), entriesMax: 10 };
  const handlers = decoratorHandlers({
    ...ports,
    webex: new FakeWebex(),
    clock: new SetClock(),
    ownRulesOf: noOwnRules,
    cache,
  });
  const mailbox = { tenantId: "t", objectId: "o", mailAddress: "a@acme.example", settings };
  const context = {
    callId: "acme/u-1/1/0",
    actor: actorIdOf("acme/u-1"),
    signal: new AbortController().signal,
    deadlineAt: plus(monday, 30_000),
    actors: () => [],
  };
  const outcome = await handlers.decorateEvent({ kind: "decorateEvent", mailbox, eventId: "e1" }, context);
  return { outcome, written };
};

test.each<[string, Partial<GraphEvent>]>([
  ["an empty text body", { body: { contentType: "text", content: "" } }],
  ["a text body of nothing but line ends", { body: { contentType: "Text", content: "\r\n\r\n " } }],
  ["a text body without content", { body: { contentType: "text" } }],
  ["a body of neither type nor content", { body: {} }],
  ["no body at all", { body: null }],
])("%s is decorated", async (_, more) => {
  const { outcome, written } = await outcomeOf(more);
  expect(outcome).toMatchObject({ result: "applied" });
  expect(written).toEqual([expect.stringContaining("hybrid-join-details")]);
});

test.each(["Agenda\r\n1. Budget", "x", "<p>looks like HTML</p>", "\u00a0."])(
  "words in a text body (%j) are left alone, with a reason",
  async (content) => {
    const { outcome, written } = await outcomeOf({ body: { contentType: "text", content } });
    expect(outcome).toMatchObject({ result: "skipped", reason: "bodyNotHtml" });
    expect(written).toEqual([]);
  },
);
