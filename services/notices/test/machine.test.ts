import { userNotices } from "@hybrid/contracts";
import { days, hours, minutes, plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { nothingWanted } from "../src/topology.ts";
import { ada, everything, World } from "./world.ts";

const kinds = (world: World) => world.mails.map(({ kind }) => kind);

test("who becomes Active for the first time is told once, in the language of the organisation", () => {
  const world = new World();
  world.becomesActive({ settings: { webexKeyword: "space", meetKeyword: "space", language: "sv" } });
  expect(world.mails).toEqual([
    { kind: "activated", dueAt: world.now, to: "ada@acme.example", language: "sv", at: world.now },
  ]);
  world.status({ from: "active", to: "error", reason: "mailboxMissing" });
  world.status({ from: "error", to: "active" });
  world.status({ from: "active", to: "disabled" });
  world.status({ from: "disabled", to: "notActivated", reason: "pending" });
  world.status({ from: "notActivated", to: "active" });
  world.pass(days(2));
  expect(kinds(world)).toEqual(["activated"]);
  expect(world.told()).toEqual([["activated", "sent"]]);
});

test("a mailbox's own language is remembered from the first mail on", () => {
  const world = new World();
  world.becomesActive();
  world.consents();
  world.pass(days(26));
  expect(world.mails.map(({ language }) => language)).toEqual([null, "sv-SE"]);
});

test("who was Active before anything was read is told nothing: topics read from their middle flood nobody", () => {
  const renewed = new World();
  renewed.status({ transition: 7, from: "active", to: "active", cause: "renewed" });
  const known = new World();
  known.status({ transition: 7, from: "error", to: "active" });
  const later = new World();
  later.status({ transition: 3, from: "notActivated", to: "error", reason: "mailboxMissing" });
  later.status({ from: "error", to: "active" });
  for (const world of [renewed, known, later]) {
    world.pass(days(2));
    expect([world.mails, world.told()]).toEqual([[], []]);
  }
});

test("what is older than a day is recorded and not sent", () => {
  const world = new World();
  const at = plus(world.now, -days(1) - 1);
  world.status({ to: "notActivated", reason: "pending", at });
  world.status({ to: "active", at });
  world.pass(minutes(1));
  expect([world.mails, world.told()]).toEqual([[], [["activated", "tooLate"]]]);
});

test("an order that was kept back for longer than a day is not sent either", () => {
  const world = new World();
  world.holds = true;
  world.becomesActive();
  world.pass(days(3));
  world.holds = false;
  world.pass(minutes(10));
  expect([world.mails, world.told()]).toEqual([[], [["activated", "tooLate"]]]);
});

test("a consent is reminded of five days and one day before its end, and its end is told", () => {
  const world = new World();
  world.becomesActive();
  const { expiresAt } = world.consents();
  world.pass(days(40));
  const [, ...reminders] = world.mails;
  expect(reminders.map(({ kind, dueAt }) => [kind, (expiresAt - dueAt) / days(1)])).toEqual([
    ["consentEnds", 5],
    ["consentEnds", 1],
    ["consentEnded", 0],
  ]);
  // What falls due is sent at the end of each hour here.
  for (const { at, dueAt } of reminders) expect(at - dueAt).toBeLessThanOrEqual(hours(1));
});

test("connecting again moves the reminders; what was told of the old consent is not told of the new one", () => {
  const world = new World();
  world.becomesActive();
  world.consents();
  world.pass(days(26));
  const again = world.consents();
  world.pass(days(24));
  expect(kinds(world)).toEqual(["activated", "consentEnds"]);
  world.pass(days(7));
  expect(kinds(world)).toEqual(["activated", "consentEnds", "consentEnds", "consentEnds", "consentEnded"]);
  expect(world.mails.at(-1)?.dueAt).toBe(again.expiresAt);
});

test("a consent shorter than the first reminder has only those that lie in it", () => {
  const world = new World();
  world.becomesActive();
  world.consents({ expiresAt: plus(world.now, days(3)) });
  world.pass(days(5));
  expect(kinds(world)).toEqual(["activated", "consentEnds", "consentEnded"]);
});

test.each([
  ["disabled", { to: "disabled" }],
  ["revoked by the user", { to: "error", reason: "userConsentRevoked" }],
  ["out of a tenant that was deactivated", { to: "notActivated", reason: "tenantDeactivated" }],
  ["in a tenant that lost its consent", { to: "error", reason: "consentRevoked" }],
  ["another account", { to: "active", objectId: "a0000000-0000-4000-8000-000000000002" }],
  [
    "in a tenant that is connected as a whole",
    {
      to: "active",
      settings: { webexKeyword: "space", meetKeyword: "space", language: null, consent: "organisation" },
    },
  ],
] as const)("nobody is reminded who is %s", (_name, over) => {
  const world = new World();
  world.becomesActive();
  world.consents();
  world.pass(days(10));
  world.status({ from: "active", ...over });
  world.pass(days(30));
  expect(kinds(world)).toEqual(["activated"]);
});

test("who is in Error because the consent has ended is told, though the status comes first", () => {
  const world = new World();
  world.becomesActive();
  world.consents();
  world.pass(days(30) - minutes(10));
  world.status({ from: "active", to: "error", reason: "userConsentExpired" });
  world.pass(hours(1));
  expect(kinds(world)).toEqual(["activated", "consentEnds", "consentEnds", "consentEnded"]);
});

test("a removed user leaves nothing: no timer, no state, and a tombstone", () => {
  const world = new World();
  world.becomesActive();
  world.consents();
  world.status({ from: "active", to: "removed" });
  expect(world.driver.emitted.at(-1)).toMatchObject({ topic: userNotices.name, key: ada, value: null });
  world.pass(days(40));
  expect(kinds(world)).toEqual(["activated"]);
  expect(world.driver.stateOf(ada)).toEqual({ kind: "unknown" });
});

test("an outcome that comes after the user was removed and put back says nothing of the new one", () => {
  const world = new World();
  world.holds = true;
  world.becomesActive();
  const [old] = world.driver.openCalls();
  world.status({ from: "active", to: "removed" });
  world.driver.advanceBy(1_000);
  world.status({ transition: 1, to: "notActivated", reason: "pending" });
  world.status({ to: "active" });
  world.driver.advanceBy(1);
  world.driver.answer(old!.callId, { kind: "noticeSent", number: old!.call.number, locale: null });
  expect(world.told()).toEqual([]);
  world.holds = false;
  world.pass(minutes(10));
  expect([kinds(world), world.told()]).toEqual([["activated"], [["activated", "sent"]]]);
});

test("tries are bounded: eight refusals for now, or one for good", () => {
  const deferred = new World();
  let tries = 0;
  deferred.ending = () => {
    tries++;
    return "deferred";
  };
  deferred.becomesActive();
  deferred.pass(days(2));
  expect([tries, deferred.told()]).toEqual([8, [["activated", "failed"]]]);
  const refused = new World();
  refused.ending = () => "refused";
  refused.becomesActive();
  refused.pass(days(2));
  expect(refused.told()).toEqual([["activated", "failed"]]);
});

test("a mail server that is down for hours costs no notice; for more than a day it does", () => {
  const hoursLong = new World();
  hoursLong.ending = () => "down";
  hoursLong.becomesActive();
  hoursLong.pass(hours(20));
  hoursLong.ending = () => "taken";
  hoursLong.pass(hours(2));
  expect([kinds(hoursLong), hoursLong.told()]).toEqual([["activated"], [["activated", "sent"]]]);
  const daysLong = new World();
  daysLong.ending = () => "down";
  daysLong.becomesActive();
  daysLong.pass(days(2));
  expect(daysLong.told()).toEqual([["activated", "tooLate"]]);
});

test("an organisation that is not written to has that recorded, and only of reminders", () => {
  const world = new World({ ...everything, quietOrgs: new Set(["acme"]) });
  world.becomesActive();
  world.consents();
  world.pass(days(31));
  expect([world.mails, world.told()]).toEqual([
    [],
    [
      ["consentEnds", "suppressed"],
      ["consentEnds", "suppressed"],
      ["consentEnded", "suppressed"],
    ],
  ]);
});

test("while nothing is sent, users of a tenant that is connected as a whole cost nothing", () => {
  const world = new World(nothingWanted);
  const settings = {
    webexKeyword: "space",
    meetKeyword: "space",
    language: null,
    consent: "organisation",
  } as const;
  world.becomesActive({ settings });
  world.pass(days(2));
  expect([world.driver.stateOf(ada), world.driver.emitted]).toEqual([{ kind: "unknown" }, []]);
});
