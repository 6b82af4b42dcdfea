import { describe, expect, test } from "vitest";
import { exchangeBody } from "./bodies.ts";
import { at, setUp } from "./set-up-places.ts";

describe("people who are invited later", () => {
  const invite = (...names: readonly string[]) => ({
    attendees: names.map((name) => ({ address: `${name}@acme.example`, isResource: false })),
    attendeesCount: names.length,
  });
  const crowd = (count: number) => Array.from({ length: count }, (_, nth) => `p${nth}`);

  test("join the space once each; the invitation is not written for it", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put({ ...at("@meet"), ...invite("bert", "clara") });
    let { decorated } = await decorate();
    const look = async () => {
      const outcome = await decorate("e1", { knownMeeting: decorated.meeting });
      ({ decorated } = outcome);
      return outcome;
    };
    mailbox.edit("e1", invite("bert", "clara", "dora"));
    expect(await look()).toMatchObject({ result: "unchanged", reason: "current" });
    expect(await look()).toMatchObject({ result: "unchanged" });
    expect(webex.added).toEqual(["bert@acme.example", "clara@acme.example", "dora@acme.example"]);
    // Bert is taken off and comes back: he may have left the space, so nobody brings him back.
    mailbox.edit("e1", invite("clara", "dora"));
    await look();
    mailbox.edit("e1", invite("bert", "clara", "dora"));
    await look();
    expect(webex.added).toHaveLength(3);
    expect(mailbox.patches).toHaveLength(1);
  });

  test("find no place beyond 59: the organiser hears of it once, with the subject as text", async () => {
    const { mailbox, webex, decorate } = setUp();
    mailbox.put({ ...at("@meet"), ...invite(...crowd(58)), subject: "*Plans*" });
    const { decorated } = await decorate();
    const knownMeeting = decorated.meeting;
    mailbox.edit("e1", invite(...crowd(62)));
    expect(await decorate("e1", { knownMeeting })).toMatchObject({ result: "unchanged", told: true });
    expect(webex.told).toEqual([expect.stringContaining("3 people whom you invited later")]);
    expect(webex.told[0]).toContain(String.raw`“\*Plans\*”`);
    expect(webex.added.at(-1)).toBe("p58@acme.example");
    expect(await decorate("e1", { knownMeeting, told: true })).not.toHaveProperty("told");
    expect(webex.told).toHaveLength(1);
  });

  test("of an occurrence alone are not added to the space of its series", async () => {
    const { mailbox, webex, decorate } = setUp();
    const recurrence = {
      pattern: { type: "weekly", interval: 1, daysOfWeek: ["wednesday"] },
      range: { type: "noEnd", startDate: "2026-01-07", recurrenceTimeZone: "UTC" },
    };
    mailbox.put({ type: "seriesMaster", recurrence, ...at("@meet"), ...invite("bert", "clara") });
    await decorate();
    const occurrence = { id: "x1", type: "exception", seriesMasterId: "e1" } as const;
    mailbox.put({ ...occurrence, ...at("@meet"), ...invite("bert", "clara", "dora") });
    await decorate("x1");
    expect(webex.added).toEqual(["bert@acme.example", "clara@acme.example"]);
    expect(webex.spaces.size).toBe(1);
  });
});

describe("rules of the organisation's own", () => {
  const rules = {
    addresses: [{ name: "ours", service: "webex", hosts: ["join.acme.example"], path: "/.+" }],
  };
  const link = '<p><a href="https://join.acme.example/ada">Join</a></p>';

  test("make an address a Webex link of the person's own, in the body or the location", async () => {
    for (const place of [
      { body: { contentType: "html", content: exchangeBody(link) } },
      { location: { displayName: "@webex; https://join.acme.example/ada" } },
    ] as const) {
      const { mailbox, decorate } = setUp({}, rules);
      mailbox.put(place);
      expect(await decorate()).toMatchObject({ result: "skipped", reason: "ownWebexLink" });
      const other = setUp();
      other.mailbox.put(place);
      expect(await other.decorate()).toMatchObject({ result: "applied" });
    }
  });

  test("never take our own details for somebody's", async () => {
    const own = { addresses: [{ name: "all", service: "webex", hosts: ["acme.webex.com"], path: "/.+" }] };
    const { mailbox, decorate } = setUp({}, own);
    mailbox.put();
    expect(await decorate()).toMatchObject({ result: "applied" });
    expect(await decorate()).toMatchObject({ result: "unchanged", reason: "current" });
    expect(mailbox.patches).toHaveLength(1);
  });
});
