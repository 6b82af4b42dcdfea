import { defaultJoinSettings } from "@hybrid/contracts";
import { instant } from "@hybrid/kernel";
import type { GraphEvent } from "@hybrid/microsoft-graph";
import { describe, expect, test } from "vitest";
import { explain } from "../src/index.ts";
import { exchangeBody } from "./bodies.ts";
import { event } from "./fake-mailbox.ts";
import { monday, settings } from "./invitations.ts";
import { at, setUp } from "./set-up-places.ts";

const person = (name: string) => ({ emailAddress: { address: `${name}@acme.example`, name } });

/** A meeting that Anna's delegate Dora made in Anna's calendar, as Graph gives it out of one mailbox. */
const madeByDelegate = (isOrganizer: boolean): GraphEvent => ({
  id: "e1",
  "@odata.etag": 'W/"1"',
  type: "singleInstance",
  subject: "Planning",
  // Graph names the owner of the calendar, not who made the event there.
  organizer: person("anna"),
  isOrganizer,
  attendees: [{ ...person("bert"), type: "required" }],
  start: { dateTime: "2026-01-07T09:00:00.0000000", timeZone: "UTC" },
  end: { dateTime: "2026-01-07T10:00:00.0000000", timeZone: "UTC" },
  location: { displayName: "@webex" },
  body: { contentType: "html", content: exchangeBody("<p>Agenda</p>") },
});

const decisionOf = (given: GraphEvent) =>
  explain(
    { kind: "event", event: given },
    {
      settings: { ...settings, join: defaultJoinSettings },
      rules: null,
      organizer: "internal",
      now: monday,
      window: { fromMs: monday, untilMs: instant(monday + 1) },
    },
  ).event?.decision;

describe("a delegate", () => {
  test("makes the owner's meeting in the owner's calendar; only there it is decorated", () => {
    expect(decisionOf(madeByDelegate(true))).toEqual({
      kind: "decorate",
      place: "personalRoom",
      language: null,
    });
    // The copy in the delegate's own calendar, or an invitee's.
    expect(decisionOf(madeByDelegate(false))).toEqual({ kind: "skip", reason: "notOrganizer" });
  });

  test("puts the owner's room into the owner's meeting, and the owner hosts what is made", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put(at("@webex"));
    mailbox.put({ ...at("@webex:onetime"), id: "e2" });
    await decorate();
    await decorate("e2");
    expect(webex.asked).toEqual(["anna@acme.example"]);
    expect([...webex.meetings.values()].map(({ userEmail }) => userEmail)).toEqual(["anna@acme.example"]);
  });

  test("who cancels the meeting ends what was made for it", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put(at("@webex:onetime"));
    const { decorated } = await decorate();
    mailbox.edit("e1", { isCancelled: true });
    expect(await decorate("e1", { knownMeeting: decorated.meeting })).toMatchObject({ reason: "cancelled" });
    expect(webex.meetings.size).toBe(0);
    expect(mailbox.patches).toHaveLength(1);
  });
});

describe("a meeting that another person organises from now on", () => {
  test("is not written in the former organiser's mailbox, and what stands there still leads somewhere", async () => {
    const { mailbox, webex, decorate, content } = setUp();
    mailbox.put(at("@webex:onetime"));
    const { decorated } = await decorate();
    const written = content();
    for (const change of [{}, at("Room 5"), { subject: "Other plans" }]) {
      mailbox.edit("e1", { isOrganizer: false, ...change });
      expect(await decorate("e1", { knownMeeting: decorated.meeting })).toMatchObject({
        result: "skipped",
        reason: "notOrganizer",
      });
    }
    expect(content()).toBe(written);
    expect(mailbox.patches).toHaveLength(1);
    // Everybody's invitation has the link still.
    expect(webex.meetings.size).toBe(1);
    expect([...webex.meetings.values()][0]?.title).toBe("Planning");
  });

  test("keeps the details that came with it where the new organiser would get a personal room", async () => {
    const former = setUp();
    former.mailbox.put(at("@webex"));
    await former.decorate();
    const { mailbox, decorate } = setUp();
    // The body comes along; our property is the former organiser's copy's alone.
    const { body } = former.mailbox.events.get("e1")!;
    mailbox.put({ ...event, ...at("@webex"), body, extendedProperty: null });
    expect(await decorate()).toMatchObject({ result: "skipped", reason: "ownWebexLink" });
    expect(mailbox.patches).toEqual([]);
  });
});
