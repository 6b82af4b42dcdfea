import { expect, test } from "vitest";
import { expectedInvitation, expectedUser, finalLocation, split } from "../src/model.ts";
import { type DemoMeeting, type DemoPerson, organisationOf } from "../src/organisation.ts";

const organisation = organisationOf(60, 1);
const [anybody] = organisation.people.filter((person) => person.fault === null && person.hasPersonalRoom);
const meeting = (changed: Partial<DemoMeeting>): DemoMeeting => {
  const [any] = organisation.meetings;
  return {
    ...any!,
    organiser: anybody!,
    startsAfterMs: 1,
    body: "",
    location: "@webex",
    changes: [],
    ...changed,
  };
};
const person = (changed: Partial<DemoPerson>): DemoPerson => ({ ...anybody!, ...changed });

test.each([
  ["@webex", "personalRoom"],
  ["Room 5; @WebEx", "personalRoom"],
  ["@meet", "space"],
  ["@meet:myroom", "personalRoom"],
  ["@webex:space", "space"],
  ["@webex:onetime", "oneTime"],
  ["@webex @meet:space", "personalRoom"],
  ["@meet:space @webex", "space"],
  ["someone@webex.example", null],
  ["@webexes", null],
  ["", null],
])("the model expects of the location %j: %j", (location, place) => {
  expect(expectedInvitation(meeting({ location })).place).toBe(place);
});

test("the last change of a location counts", () => {
  const changed = meeting({
    changes: [
      { afterMs: 1, location: "" },
      { afterMs: 2, location: "Room 1" },
    ],
  });
  expect(finalLocation(changed)).toBe("Room 1");
  expect(expectedInvitation(changed).joinDetails).toBe(false);
});

test("neither a past meeting nor one with the author's own link nor one without a room is expected to change", () => {
  const body = '<a href="https://acme.webex.com/meet/x">';
  for (const changed of [{ startsAfterMs: -1 }, { body }, { organiser: person({ hasPersonalRoom: false }) }])
    expect(expectedInvitation(meeting(changed)).joinDetails).toBe(false);
});

test("a block is cut out and everything else stays byte for byte", () => {
  const block =
    '<div id="x_hybrid-join-details" class="a"><div class="b"><a href="u">u</a></div><div>c</div></div>';
  expect(split(`<p>before</p>\r\n${block}<p>after</p>`)).toEqual({
    blocks: [block],
    outside: "<p>before</p>\r\n<p>after</p>",
  });
});

test("an on-premises mailbox is in Error after its confirmation and waits 24 hours after the third failure", () => {
  const hours = (ms: number): number => ms / 3_600_000;
  const expected = expectedUser(person({ fault: "onPremises" }), "end");
  expect(expected).toMatchObject({ state: "error", reason: "mailboxMissing" });
  const [from, until] = expected.nextTry!;
  expect(hours(from)).toBeCloseTo(50 + 5 / 60, 2);
  expect(hours(until) - hours(from)).toBeLessThan(1.5);
});

test("a mailbox whose licence came is Active at the end, one whose scope was widened too", () => {
  for (const repaired of organisation.people.filter((each) => each.repairedAfterMs !== null))
    expect(expectedUser(repaired, "end").state).toBe("active");
});

test("the same seed plays the same day, another one does not", () => {
  expect(organisationOf(60, 1)).toEqual(organisation);
  expect(organisationOf(60, 2)).not.toEqual(organisation);
});

test("the play knows every kind of mailbox and refuses to be too small for that", () => {
  const faults = new Set(organisation.people.map((each) => each.fault));
  expect(faults).toEqual(new Set([null, "onPremises", "unlicensed", "softDeleted", "outOfScope"]));
  expect(() => organisationOf(29, 1)).toThrow("at least 30");
});
