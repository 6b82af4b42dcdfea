import { defaultJoinSettings, type OrganisationSettings } from "@hybrid/contracts";
import { days, plus } from "@hybrid/kernel";
import { describe, expect, test } from "vitest";
import { type Driven, idle, meeting } from "./driven-mailbox.ts";
import { settings } from "./invitations.ts";

describe("what somebody else writes as well", () => {
  const again = (user: Driven) => {
    user.changed("e1", "W/other");
    user.fire("sync");
    const calls = user.page([meeting("e1", { etag: "W/other" })]);
    const [call] = calls;
    if (call?.kind !== "decorateEvent") throw new Error("not looked at");
    return call;
  };

  test("is written five times again within a day, then left alone until the day is over", () => {
    const user = idle();
    user.changed();
    user.fire("sync");
    user.page([meeting("e1")]);
    user.applied("e1");
    for (let nth = 0; nth < 5; nth++) {
      expect(again(user).contested).toBeUndefined();
      user.applied("e1");
    }
    expect(again(user).contested).toBe(true);
    user.tell({
      kind: "eventHandled",
      eventId: "e1",
      result: "skipped",
      reason: "contested",
      decorated: null,
    });
    expect(user.active.decorated["e1"]?.fights?.count).toBe(5);
    user.now = plus(user.now, days(1));
    expect(again(user).contested).toBeUndefined();
  });

  test("is no fight when the details themselves are others", () => {
    const user = idle();
    user.changed();
    user.fire("sync");
    user.page([meeting("e1")]);
    for (let nth = 0; nth < 9; nth++) {
      const decorated = { digest: `d${nth}`, etag: "W/2", endsAt: null };
      user.tell({ kind: "eventHandled", eventId: "e1", result: "refreshed", reason: null, decorated });
      expect(again(user).contested).toBeUndefined();
    }
  });
});

test("a meeting that was made for an event is looked after when the event goes, and once a day", () => {
  const user = idle();
  user.changed();
  user.fire("sync");
  user.page([meeting("e1", { keywordAction: "oneTime" })]);
  const made = { meetingId: "m", isOfSpace: false };
  const decorated = { digest: "d", etag: "W/2", endsAt: null, meeting: made };
  user.tell({ kind: "eventHandled", eventId: "e1", result: "applied", reason: null, decorated });
  user.changed();
  user.fire("sync");
  const [removed] = user.page([meeting("e1", { removed: true, isOrganizer: false, keywordAction: null })]);
  expect(removed).toMatchObject({ kind: "decorateEvent", eventId: "e1", knownMeeting: made });
  user.tell({ kind: "eventHandled", eventId: "e1", result: "skipped", reason: "gone", decorated: null });
  expect(user.active.decorated).toEqual({});
  user.changed();
  user.fire("sync");
  user.page([meeting("e2", { keywordAction: "space" })]);
  const other = { ...decorated, meeting: made };
  user.tell({ kind: "eventHandled", eventId: "e2", result: "applied", reason: null, decorated: other });
  user.fire("sweep");
  expect(user.page([])).toMatchObject([{ kind: "decorateEvent", eventId: "e2" }]);
});

test("other join settings have every decorated event looked at although it did not change", () => {
  const user = idle();
  user.changed();
  user.fire("sync");
  user.page([meeting("e1", { etag: "W/2" })]);
  user.applied("e1");
  const other: OrganisationSettings = { ...settings, join: { ...defaultJoinSettings, phone: false } };
  expect(user.status("active", { settings: other })).toMatchObject([{ kind: "readDelta" }]);
  expect(user.page([meeting("e1", { etag: "W/2" })])).toMatchObject([
    { kind: "decorateEvent", eventId: "e1" },
  ]);
});

test("an organiser is told once that a space does not take all invited", () => {
  const user = idle();
  const look = () => {
    user.changed();
    user.fire("sync");
    const [call] = user.page([meeting("e1", { keywordAction: "space" })]);
    user.tell({
      kind: "eventHandled",
      eventId: "e1",
      result: "skipped",
      reason: "tooManyForSpace",
      decorated: null,
      told: true,
    });
    return call;
  };
  expect(look()).not.toHaveProperty("told");
  expect(look()).toHaveProperty("told", true);
});
