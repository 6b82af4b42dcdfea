import { defaultJoinSettings } from "@hybrid/contracts";
import { minutes, ProviderError, plus } from "@hybrid/kernel";
import { describe, expect, test } from "vitest";
import { decorationOf } from "../src/adapters/invitation.ts";
import { exchangeBody, room } from "./bodies.ts";
import { event, type FakeWebex } from "./fake-mailbox.ts";
import { at, setUp } from "./set-up-places.ts";

const onlyMeeting = (webex: FakeWebex) => [...webex.meetings.values()].at(-1)!;
const onlySpace = (webex: FakeWebex) => [...webex.spaces.values()].at(-1)!;

describe("a one-time meeting", () => {
  test("is named after the subject, has the body as agenda and follows the event", async () => {
    const { mailbox, webex, decorate, content } = setUp();
    mailbox.put({ ...at("@webex:onetime"), subject: "Plans\r\nfor <b>May</b>" });
    const before = content();
    expect(await decorate()).toMatchObject({
      result: "applied",
      decorated: { meeting: { isOfSpace: false } },
    });
    expect(onlyMeeting(webex)).toMatchObject({
      title: "Plans for <b>May</b>",
      agenda: "Agenda",
      startAt: Date.parse("2026-01-07T09:00:00Z"),
      endAt: Date.parse("2026-01-07T10:00:00Z"),
      recurrence: null,
    });
    expect(decorationOf(mailbox.events.get("e1")!)).toMatchObject({ place: "oneTime", roomId: null });
    mailbox.edit("e1", { subject: "Other plans", end: { dateTime: "2026-01-07T11:00:00", timeZone: "UTC" } });
    expect(await decorate()).toMatchObject({ result: "unchanged", reason: "current" });
    expect(webex.meetings.size).toBe(1);
    expect(onlyMeeting(webex)).toMatchObject({ title: "Other plans", agenda: "Agenda" });
    expect(mailbox.patches).toHaveLength(1);
    mailbox.edit("e1", at("Room 5"));
    expect(await decorate()).toMatchObject({ result: "removed" });
    expect(webex.meetings.size).toBe(0);
    expect(content()).toBe(before);
  });

  test("ends with the event that is deleted or cancelled", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put(at("@webex:onetime"));
    const { decorated } = await decorate();
    mailbox.events.delete("e1");
    expect(await decorate("e1", { knownMeeting: decorated.meeting })).toMatchObject({ reason: "gone" });
    expect(webex.meetings.size).toBe(0);
    mailbox.put(at("@webex:onetime"));
    await decorate();
    mailbox.edit("e1", { isCancelled: true });
    expect(await decorate()).toMatchObject({ reason: "cancelled" });
    expect(webex.meetings.size).toBe(0);
  });

  test("is made once, though the invitation was changed meanwhile or could not be written", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put(at("@webex:onetime"));
    let others = 2;
    mailbox.meanwhile = () => {
      if (others-- > 0) mailbox.edit("e1", {});
    };
    expect(await decorate()).toMatchObject({ result: "applied" });
    mailbox.meanwhile = () => {
      throw new ProviderError("down", { code: "unavailable", retryable: true });
    };
    mailbox.edit("e1", { body: event.body });
    await expect(decorate()).rejects.toThrow("down");
    mailbox.meanwhile = () => undefined;
    expect(await decorate()).toMatchObject({ result: "applied" });
    expect(webex.meetings.size).toBe(1);
  });

  test("tells Webex nothing of a private meeting but its time", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put({ ...at("@webex:onetime"), sensitivity: "private", subject: "Secret" });
    await decorate();
    expect(onlyMeeting(webex)).toMatchObject({ title: "Private meeting", agenda: "" });
  });

  test("that would be longer than Webex allows is none; a short one is as short as Webex allows", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put({ ...at("@webex:onetime"), end: { dateTime: "2026-01-09T09:00:00", timeZone: "UTC" } });
    expect(await decorate()).toMatchObject({ result: "skipped", reason: "meetingTooLong" });
    mailbox.put({ ...at("@webex:onetime"), end: { dateTime: "2026-01-07T09:05:00", timeZone: "UTC" } });
    await decorate();
    const { startAt, endAt } = onlyMeeting(webex);
    expect(endAt - startAt).toBe(minutes(10));
  });
});

describe("a space", () => {
  test("is named after the subject, has the invited people and a card, and survives the keyword", async () => {
    const { mailbox, webex, decorate, content } = setUp();
    const attendees = [
      ...event.attendees,
      { address: "ANNA@acme.example", isResource: false },
      { address: "room5@acme.example", isResource: true },
    ];
    mailbox.put({ ...at("@meet"), attendees, subject: "*Bold* [x](https://evil.example)" });
    expect(await decorate()).toMatchObject({
      result: "applied",
      decorated: { meeting: { isOfSpace: true } },
    });
    const space = onlySpace(webex);
    expect(space.members).toEqual(["bert@acme.example", "clara@acme.example"]);
    expect(space.roomTitle).toBe("*Bold* [x](https://evil.example)");
    expect(space.card).toContain(String.raw`\*Bold\* \[x\]\(https://evil\.example\)`);
    expect(content()).toContain("Join this meeting in its Webex space");
    mailbox.edit("e1", at("Room 5"));
    expect(await decorate()).toMatchObject({ result: "removed" });
    expect(webex.spaces.size).toBe(1);
    expect(webex.meetings.size).toBe(0);
  });

  test("of two people is the same for all their meetings, whichever of them invites", async () => {
    const { mailbox, webex, decorate } = setUp();
    const attendees = [{ address: "bert@acme.example", isResource: false }];
    mailbox.put({ ...at("@meet"), attendees });
    mailbox.put({ ...at("@meet"), attendees, id: "e2" });
    await decorate();
    await decorate("e2");
    expect(webex.spaces.size).toBe(1);
    expect(webex.meetings.size).toBe(2);
  });

  test("of nobody else is one of its own", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put({ ...at("@meet"), attendees: [], attendeesCount: 0 });
    await decorate();
    expect(onlySpace(webex).members).toEqual([]);
  });

  test("of a private meeting tells neither subject nor card", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put({ ...at("@meet"), sensitivity: "confidential", subject: "Secret" });
    await decorate();
    expect(onlySpace(webex)).toMatchObject({ roomTitle: "Private meeting", card: null });
    expect(JSON.stringify(onlySpace(webex))).not.toContain("Secret");
  });

  test("for more than 60 is none: the organiser hears of it once, in the mailbox's language", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.locale = "sv-SE";
    mailbox.put({ ...at("@meet"), attendeesCount: 60 });
    expect(await decorate()).toMatchObject({ reason: "tooManyForSpace", told: true });
    expect(webex.told).toEqual([expect.stringContaining("Ditt möte har 60 inbjudna")]);
    expect(await decorate("e1", { told: true })).toMatchObject({ reason: "tooManyForSpace" });
    expect(webex.told).toHaveLength(1);
    expect(mailbox.patches).toEqual([]);
  });
});

describe("series", () => {
  const weekly = {
    type: "seriesMaster",
    recurrence: {
      pattern: { type: "weekly", interval: 1, daysOfWeek: ["wednesday"] },
      range: { type: "noEnd", startDate: "2026-01-07", recurrenceTimeZone: "UTC" },
    },
  } as const;
  const exception = { id: "x1", type: "exception", seriesMasterId: "e1" } as const;

  test("a keyword on one occurrence works, and goes again", async () => {
    const { mailbox, decorate, content } = setUp();
    mailbox.put({ ...weekly, ...at("Room 5") });
    mailbox.put({ ...exception, ...at("@webex") });
    const before = content("x1");
    expect(await decorate("e1")).toMatchObject({ reason: "noKeyword" });
    expect(await decorate("x1")).toMatchObject({ result: "applied" });
    expect(content("x1")).toContain(room.joinUrl);
    expect(content("e1")).not.toContain(room.joinUrl);
    mailbox.edit("x1", at("Room 5"));
    expect(await decorate("x1")).toMatchObject({ result: "removed" });
    expect(content("x1")).toBe(before);
  });

  test("an occurrence without the series' keyword loses the details that it took over", async () => {
    const { mailbox, decorate, content } = setUp();
    mailbox.put({ ...weekly, ...at("@webex") });
    await decorate("e1");
    mailbox.put({ ...exception, ...at("Room 9"), body: mailbox.events.get("e1")!.body });
    expect(await decorate("x1")).toMatchObject({ result: "removed" });
    expect(content("x1")).not.toContain(room.joinUrl);
    expect(content("e1")).toContain(room.joinUrl);
  });

  test("an occurrence that an editor emptied gets the series' details back, not a meeting of its own", async () => {
    const { mailbox, webex, decorate, content } = setUp();
    mailbox.put({ ...weekly, ...at("@webex:onetime") });
    await decorate("e1");
    const [link] = /https:\/\/acme\.webex\.com\/m\/[\w-]+/.exec(content("e1")) ?? [];
    mailbox.put({
      ...exception,
      ...at("@webex:onetime"),
      body: { contentType: "html", content: exchangeBody("") },
    });
    expect(await decorate("x1")).toMatchObject({ result: "applied" });
    expect(content("x1")).toContain(link);
    expect(webex.meetings.size).toBe(1);
    mailbox.edit("x1", at("Room 5"));
    await decorate("x1");
    expect(webex.meetings.size).toBe(1);
  });

  test("an occurrence that takes over the series' property never ends the series' meeting", async () => {
    const { mailbox, webex, decorate, content } = setUp();
    const { id: _, ...inherited } = mailbox.put({ ...weekly, ...at("@webex:onetime") });
    await decorate("e1");
    const { body, extendedProperty } = mailbox.events.get("e1")!;
    mailbox.put({ ...inherited, ...exception, body, extendedProperty, ...at("@webex") });
    expect(await decorate("x1")).toMatchObject({ result: "refreshed" });
    expect(content("x1")).toContain(room.joinUrl);
    expect(webex.meetings.size).toBe(1);
    expect(await decorate("e1")).toMatchObject({ result: "unchanged", reason: "current" });
    mailbox.edit("x1", at("@webex:onetime"));
    expect(await decorate("x1")).toMatchObject({ result: "refreshed" });
    expect(content("x1")).toBe(content("e1"));
    expect(await decorate("x1")).toMatchObject({ result: "unchanged" });
    expect(webex.meetings.size).toBe(1);
    mailbox.edit("x1", at("Room 5"));
    await decorate("x1");
    expect(webex.meetings.size).toBe(1);
  });

  test("Webex is told the series as it can say it, and the personal room stands in where it cannot", async () => {
    const { mailbox, webex, clock, decorate } = setUp();
    mailbox.put({ ...weekly, ...at("@webex:onetime") });
    clock.at = plus(clock.at, minutes(60 * 24 * 10));
    await decorate("e1");
    expect(onlyMeeting(webex)).toMatchObject({
      recurrence: "FREQ=WEEKLY;INTERVAL=1;BYDAY=WE;COUNT=261",
      startAt: Date.parse("2026-01-21T09:00:00Z"),
    });
    const pattern = { type: "absoluteMonthly", interval: 1, dayOfMonth: 31 };
    mailbox.put({ ...weekly, recurrence: { ...weekly.recurrence, pattern }, ...at("@webex:onetime") });
    await decorate("e1");
    expect(decorationOf(mailbox.events.get("e1")!)).toMatchObject({ place: "personalRoom", meetingId: null });
  });
});

test("an organisation's own words stand around the details, in the reader's language, as text", async () => {
  const texts = [
    { language: "de", header: "Willkommen <b>bei Acme</b>\nBitte pünktlich", footer: "Ihre IT" },
    { language: "en", header: "Welcome", footer: "" },
  ];
  const { mailbox, decorate, content } = setUp({ texts, textsForOthers: "en", phone: false, video: false });
  mailbox.locale = "de-AT";
  mailbox.put();
  await decorate();
  expect(content()).toContain("Willkommen &lt;b&gt;bei Acme&lt;/b&gt;");
  expect(content()).toContain(">Ihre IT</div></div>");
  expect(content()).not.toContain(room.sipAddress);
  expect(content()).not.toContain("Zugriffscode");
  const before = mailbox.patches.length;
  expect(await decorate()).toMatchObject({ reason: "current" });
  expect(mailbox.patches).toHaveLength(before);
  mailbox.locale = "fr-FR";
  const other = setUp({ texts, textsForOthers: "en" });
  other.mailbox.locale = "fr-FR";
  other.mailbox.put();
  await other.decorate();
  expect(other.content()).toContain(">Welcome</div>");
  expect(other.content()).toContain("Participer à cette réunion");
});

test("a subject that the organisation's pattern fits is left alone, also when the pattern is slow or broken", async () => {
  const excluded = (subjectPattern: string) => ({
    excluded: { ...defaultJoinSettings.excluded, subjectPattern },
  });
  for (const [pattern, reason] of [
    ["^plan", "excludedSubject"],
    ["(a+)+$", undefined],
    ["([", undefined],
  ] as const) {
    const { mailbox, decorate } = setUp(excluded(pattern));
    mailbox.put({ subject: `Planning ${"a".repeat(900)}!` });
    expect((await decorate()).reason ?? undefined).toBe(reason);
  }
});
