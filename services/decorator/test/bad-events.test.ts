import { instant } from "@hybrid/kernel";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { expect, test } from "vitest";
import type { Page } from "#domain/mailbox-state";
import { graphPorts } from "../src/adapters/graph-ports.ts";
import { readDelta } from "../src/adapters/read-delta.ts";
import { monday, settings } from "./invitations.ts";

const good: GraphEvent = {
  id: "good",
  "@odata.etag": 'W/"1"',
  type: "singleInstance",
  isOrganizer: true,
  start: { dateTime: "2026-01-07T09:00:00.0000000", timeZone: "UTC" },
  end: { dateTime: "2026-01-07T10:00:00.0000000", timeZone: "UTC" },
  location: { displayName: "@webex" },
  body: { contentType: "html", content: "<p>Agenda</p>" },
};

/** The decorator's ports over a Graph that has just these events. */
const portsOver = (events: readonly GraphEvent[]) =>
  graphPorts({
    events: {
      get: async () => {
        const [event = good] = events;
        return { etag: 'W/"1"', bodyHtml: "", extendedProperty: null, event };
      },
      update: async () => ({ etag: 'W/"2"' }),
      async *delta() {
        yield { events, removed: [], deltaLink: "https://graph.example/delta" };
      },
    },
    mailboxes: {
      probe: async () => ({ userPurpose: null }),
      getSettings: async () => ({ locale: null, timeZone: null, userPurpose: null, automaticReplies: null }),
    },
  });

test("a page of any size is taken in parts, every event of it once, each outcome below 64 KiB", async () => {
  const count = 1_234;
  const id = (nth: number) => `AAkALgAAAAAA${String(nth).padStart(140, "0")}`;
  const series = (nth: number): GraphEvent => ({
    ...good,
    id: id(nth),
    type: nth % 3 === 0 ? "seriesMaster" : nth % 3 === 1 ? "singleInstance" : "occurrence",
    seriesMasterId: nth % 3 === 2 ? id((nth * 7) % count) : null,
  });
  const events = Array.from({ length: count }, (_, nth) => series(nth));
  const { events: port } = portsOver(events);
  const mailbox = { tenantId: "t", objectId: "o", mailAddress: "a@acme.example", settings };
  const seen: string[] = [];
  let end: unknown = null;
  for (let page: Page | null = { kind: "link", link: "https://graph.example/n" }; page !== null; ) {
    const order = { kind: "readDelta", mailbox, roundStartedAt: monday, page } as const;
    const read = await readDelta(port, order, new AbortController().signal);
    if (read.kind !== "pageRead") throw new Error("no page was read");
    expect(JSON.stringify(read).length).toBeLessThan(64 * 1024);
    seen.push(...read.events.map(({ eventId }) => eventId));
    const onPage = new Set(events.filter(({ type }) => type === "seriesMaster").map((each) => each.id));
    for (const elsewhere of read.mastersElsewhere) expect(onPage.has(elsewhere)).toBe(false);
    end = read.next;
    page = read.next.kind === "rest" ? { ...page, skip: read.next.skip } : null;
  }
  expect(end).toEqual({ kind: "delta", link: "https://graph.example/delta" });
  expect(seen).toEqual(events.filter(({ type }) => type !== "occurrence").map((each) => each.id));
});

const end = (dateTime: string): Partial<GraphEvent> => ({ end: { dateTime, timeZone: "UTC" } });
const bad: readonly (readonly [string, Partial<GraphEvent>])[] = [
  ["a date that is none", end("soon")],
  ["a date that only some parsers read", end("Sept 1 2026")],
  ["a day that is none", end("2026-02-31T09:00:00")],
  ["no end", { end: null }],
  ["no type", { type: null }],
  ["a type that nobody knows", { type: "party" }],
  ["no word about its organiser", { isOrganizer: null }],
  ["a recurrence without a pattern", { recurrence: { range: {} } }],
  [
    "a recurrence with texts for numbers",
    { recurrence: { pattern: { type: "daily", interval: "1" }, range: {} } },
  ],
];

test.each(bad)(
  "an event with %s is to be read by itself, and the rest of its page is not held up",
  async (_, more) => {
    const mailbox = { tenantId: "t", objectId: "o", mailAddress: "a@acme.example", settings };
    const window = { startsAt: instant(monday), endsAt: instant(monday + 1) };
    const order = {
      kind: "readDelta",
      mailbox,
      roundStartedAt: monday,
      page: { kind: "first", window },
    } as const;
    const { events } = portsOver([{ ...good, ...more, id: "bad" }, good]);
    const read = await readDelta(events, order, new AbortController().signal);
    expect(read).toMatchObject({ kind: "pageRead", unread: ["bad"], events: [{ eventId: "good" }] });
  },
);

test.each(bad)(
  "read by itself, an event with %s is an error that repeating does not cure",
  async (_, more) => {
    const { events } = portsOver([{ ...good, ...more }]);
    const signal = new AbortController().signal;
    const request = { tenantId: "t", userObjectId: "o", eventId: "bad", expandProperty: "p", signal };
    await expect(events.get(request)).rejects.toMatchObject({ code: "unexpected", retryable: false });
  },
);
