import { defaultJoinSettings, type ExcludedMeetings } from "@hybrid/contracts";
import { plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import {
  decideDecoration,
  decideUnavailable,
  type Invitation,
  type Outcome,
} from "#domain/decide-decoration";
import { explainOutcome } from "#domain/explain-outcome";
import { findBlocks } from "#domain/find-blocks";
import { block, ours as known, otherBlock } from "./bodies.ts";
import { invitation, monday, settings } from "./invitations.ts";

const decide = (changes: Partial<Invitation>, now = monday) =>
  decideDecoration({ ...invitation, ...changes }, settings, now);
const skip = (reason: string) => ({ kind: "skip", reason });
const ours = findBlocks(block.html, known);

test("decorates the organiser's invitation whose location holds the keyword", () => {
  expect(decide({})).toEqual({ kind: "decorate", place: "personalRoom", language: null });
});

test("leaves an invitation without keyword and without our block alone", () => {
  expect(decide({ locations: ["Room 5"] })).toEqual({ kind: "none" });
});

test("removes our block when the keyword is gone", () => {
  expect(decide({ locations: ["Room 5"], blocks: ours })).toEqual({ kind: "remove", reason: null });
});

test("an existing block keeps its language", () => {
  expect(decide({ blocks: findBlocks(otherBlock.html, known) })).toEqual({
    kind: "decorate",
    place: "personalRoom",
    language: "sv",
  });
});

test("an attendee's copy is never written, even with our block and without keyword", () => {
  expect(decide({ isOrganizer: false })).toEqual(skip("notOrganizer"));
  expect(decide({ isOrganizer: false, locations: [""], blocks: ours })).toEqual(skip("notOrganizer"));
});

test("a meeting in the past is never written, to the millisecond", () => {
  expect(decide({ endsAt: monday })).toEqual(skip("past"));
  expect(decide({ endsAt: monday, locations: [""], blocks: ours })).toEqual(skip("past"));
  expect(decide({ endsAt: plus(monday, 1) })).toEqual({
    kind: "decorate",
    place: "personalRoom",
    language: null,
  });
});

test("a series without end is never past", () => {
  expect(decide({ type: "seriesMaster", endsAt: null })).toEqual({
    kind: "decorate",
    place: "personalRoom",
    language: null,
  });
});

test("an occurrence that differs from its series is written, one that does not is its series' concern", () => {
  expect(decide({ type: "exception" })).toMatchObject({ kind: "decorate" });
  expect(decide({ type: "exception", locations: [""], blocks: ours })).toMatchObject({ kind: "remove" });
  expect(decide({ type: "occurrence" })).toEqual(skip("occurrence"));
});

test("a cancelled meeting is never written", () => {
  expect(decide({ isCancelled: true })).toEqual(skip("cancelled"));
});

test("300 invitees are written to, 301 are not, but the block still goes with the keyword", () => {
  expect(decide({ inviteesCount: 300 })).toMatchObject({ kind: "decorate" });
  expect(decide({ inviteesCount: 301 })).toEqual(skip("tooManyInvitees"));
  expect(decide({ inviteesCount: 301, locations: [""], blocks: ours })).toMatchObject({ kind: "remove" });
});

test("a draft with invitees waits until it is sent; an appointment without invitees does not", () => {
  expect(decide({ isDraft: true })).toEqual(skip("draft"));
  expect(decide({ isDraft: true, locations: [""], blocks: ours })).toEqual(skip("draft"));
  expect(decide({ isDraft: true, inviteesCount: 0 })).toMatchObject({ kind: "decorate" });
});

test("a Webex link of the person's own keeps details away, in the body or in the location", () => {
  expect(decide({ bodyHoldsOwnLink: true })).toEqual(skip("ownWebexLink"));
  expect(decide({ locations: ["@webex https://acme.webex.com/meet/me"] })).toEqual(skip("ownWebexLink"));
});

test("when the person deletes the own link, details are added", () => {
  expect(decide({ bodyHoldsOwnLink: false })).toMatchObject({ kind: "decorate" });
});

test("a link that a person adds beside our intact block does not freeze it", () => {
  expect(decide({ bodyHoldsOwnLink: true, blocks: ours })).toMatchObject({ kind: "decorate" });
});

test.each([
  ["@meet", "space"],
  ["@spark", "space"],
  ["@webex:space", "space"],
  ["@webex:onetime", "oneTime"],
  ["@webex:myroom", "personalRoom"],
])("%s asks for %s", (location, place) => {
  expect(decide({ locations: [location] })).toMatchObject({ kind: "decorate", place });
  expect(decide({ locations: [location], blocks: ours })).toMatchObject({ kind: "decorate", place });
});

test("a space takes 60 people with the organiser, and is not taken from those who come later", () => {
  const space = { locations: ["@webex:space"] };
  expect(decide({ ...space, inviteesCount: 59 })).toMatchObject({ kind: "decorate", place: "space" });
  expect(decide({ ...space, inviteesCount: 60 })).toEqual(skip("tooManyForSpace"));
  expect(decide({ ...space, inviteesCount: 60, blocks: ours })).toMatchObject({ kind: "decorate" });
  expect(decide({ ...space, inviteesCount: 301, blocks: ours })).toEqual(skip("tooManyInvitees"));
});

test("a Webex link of the person's own keeps only details of the personal room away", () => {
  const own = { bodyHoldsOwnLink: true };
  expect(decide({ ...own, locations: ["@webex:space"] })).toMatchObject({ kind: "decorate" });
  expect(decide({ ...own, locations: ["@webex:onetime"] })).toMatchObject({ kind: "decorate" });
});

test("what is fought over is left alone", () => {
  expect(decide({ isContested: true })).toEqual(skip("contested"));
  expect(decide({ isContested: true, locations: [""], blocks: ours })).toEqual(skip("contested"));
});

const excluding = (changes: Partial<ExcludedMeetings>) => {
  const excluded = { ...defaultJoinSettings.excluded, ...changes };
  return { ...settings, join: { ...defaultJoinSettings, excluded } };
};

test.each<[Partial<ExcludedMeetings>, Partial<Invitation>, string]>([
  [{ allDay: true }, { isAllDay: true }, "excludedAllDay"],
  [{ free: true }, { isFree: true }, "excludedFree"],
  [{ private: true }, { isPrivate: true }, "excludedPrivate"],
  [{ noInvitees: true }, { inviteesCount: 0 }, "excludedNoInvitees"],
  [{ categories: ["Holiday"] }, { categories: ["Red", "holiday"] }, "excludedCategory"],
  [{ subjectPattern: "lunch" }, { subjectIsExcluded: true }, "excludedSubject"],
])(
  "an organisation that excludes %j gets no details there, and loses those that stood there",
  (excluded, changes, reason) => {
    const meeting = { ...invitation, ...changes };
    expect(decideDecoration(meeting, excluding(excluded), monday)).toEqual(skip(reason));
    expect(decideDecoration({ ...meeting, blocks: ours }, excluding(excluded), monday)).toEqual({
      kind: "remove",
      reason,
    });
    expect(decideDecoration(invitation, excluding(excluded), monday)).toMatchObject({ kind: "decorate" });
  },
);

test("details go with their personal room", () => {
  expect(decideUnavailable({ ...invitation, blocks: ours }, "personalRoomMissing")).toEqual({
    kind: "remove",
    reason: "personalRoomMissing",
  });
  expect(decideUnavailable(invitation, "personalRoomMissing")).toEqual(skip("personalRoomMissing"));
});

test("stale details are not taken out of a draft, a past meeting or an attendee's copy", () => {
  const stale = { locations: [""], blocks: ours };
  expect(decide({ ...stale, isDraft: true })).toEqual(skip("draft"));
  expect(decide({ ...stale, endsAt: monday })).toEqual(skip("past"));
  expect(decide({ ...stale, isOrganizer: false })).toEqual(skip("notOrganizer"));
  const draft = { ...invitation, isDraft: true, blocks: ours };
  expect(decideUnavailable(draft, "personalRoomMissing")).toEqual(skip("draft"));
});

test("a copy of our bare element without any line of ours is nothing to take out", () => {
  const emptied = ours.map((each) => ({ ...each, hasOurText: false }));
  expect(decide({ locations: [""], blocks: emptied })).toEqual({ kind: "none" });
});

test("the leftmost keyword decides", () => {
  expect(decide({ locations: ["@meet @webex"] })).toMatchObject({ kind: "decorate", place: "space" });
});

test("a body that is not HTML is left alone", () => {
  expect(decide({ bodyIsHtml: false })).toEqual(skip("bodyNotHtml"));
});

test("every outcome has a sentence of its own", () => {
  const outcomes: readonly Outcome[] = [
    { result: "applied", reason: null },
    { result: "refreshed", reason: null },
    { result: "removed", reason: null },
    { result: "removed", reason: "actionNotAvailable" },
    { result: "removed", reason: "personalRoomMissing" },
    { result: "skipped", reason: "actionNotAvailable" },
    { result: "skipped", reason: "personalRoomMissing" },
    { result: "unchanged", reason: "current" },
    { result: "unchanged", reason: "noKeyword" },
    { result: "skipped", reason: "past" },
    { result: "skipped", reason: "tooManyInvitees" },
  ];
  const sentences = outcomes.map(explainOutcome);
  expect(new Set(sentences).size).toBe(outcomes.length);
  expect(sentences.at(-1)).toContain("300");
});

test("a body too large to be read is left alone, whatever stands in the location", () => {
  const large = { ...invitation, bodyIsTooLarge: true };
  for (const location of ["@webex", "Room 5"])
    expect(decideDecoration({ ...large, locations: [location] }, settings, monday)).toEqual({
      kind: "skip",
      reason: "bodyTooLarge",
    });
});
