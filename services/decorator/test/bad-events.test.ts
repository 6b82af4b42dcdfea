import { instant } from "@hybrid/kernel";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { expect, test } from "vitest";
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
