import {
  calendarChanges,
  calendarHealth,
  resyncRequests,
  type UserStatus,
  userErasures,
  userStatus,
} from "@hybrid/contracts";
import { actorIdOf, checkTopology, days, minutes, plus, seconds } from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { expect, test } from "vitest";
import { decoratorHandlers, decoratorTopology, readDecoratorConfig } from "../src/index.ts";
import { FakeMailbox, FakeWebex, noOwnRules, SetClock } from "./fake-mailbox.ts";
import { monday, settings } from "./invitations.ts";

const user = actorIdOf("acme/u-1");
const status = (to: UserStatus["to"], transition: number): UserStatus => ({
  transition,
  from: "notActivated",
  to,
  cause: "enabled",
  reason: null,
  failures: 0,
  nextTryAt: null,
  subscriptionId: "s1",
  expiresAt: null,
  tenantId: "t1",
  objectId: "o1",
  mailAddress: "a@acme.example",
  settings,
  at: monday,
});
const change = {
  subscriptionId: "s1",
  tenantId: "t1",
  changeType: "updated",
  eventId: "e1",
  etag: 'W/"9"',
  receivedAt: monday,
} as const;

test("the topology may be started", () => {
  const mailbox = new FakeMailbox();
  const handlers = decoratorHandlers({
    events: mailbox,
    mailboxes: mailbox,
    webex: new FakeWebex(),
    clock: new SetClock(),
    ownRulesOf: noOwnRules,
    ...readDecoratorConfig({}),
  });
  const topics = [userStatus, userErasures, calendarChanges, resyncRequests, calendarHealth];
  expect(() => checkTopology(decoratorTopology, { handlers, topics })).not.toThrow();
});

test("a status and a change lead to reads, a read leads to a look at the event, a failure to another", () => {
  const driver = new TopologyDriver(decoratorTopology, { startAt: monday });
  driver.publish(userStatus, user, status("active", 1));
  const [first] = driver.openCalls();
  expect(first).toMatchObject({
    actor: user,
    call: {
      kind: "readDelta",
      mailbox: { tenantId: "t1", objectId: "o1", mailAddress: { value: "a@acme.example" } },
    },
  });
  const page = {
    kind: "pageRead",
    events: [],
    masters: [],
    mastersElsewhere: [],
    next: { kind: "delta", link: "d1" },
  } as const;
  driver.answer(first?.callId ?? "", { ...page, roundStartedAt: monday, unread: [] });
  driver.publish(calendarChanges, user, change);
  driver.advanceBy(seconds(2));
  const [second] = driver.openCalls();
  expect(second?.call).toMatchObject({ kind: "readDelta", page: { kind: "link", link: "d1" } });
  const roundStartedAt = (second!.call as { roundStartedAt: typeof monday }).roundStartedAt;
  driver.answer(second?.callId ?? "", { ...page, roundStartedAt, unread: ["e1"] });
  expect(driver.openCalls().map(({ call }) => call.kind)).toEqual(["decorateEvent"]);
  driver.fail(driver.openCalls()[0]?.callId ?? "", {
    code: "unavailable",
    retryable: true,
    retryAt: null,
    status: 503,
  });
  expect(driver.openCalls()).toEqual([]);
  driver.advanceBy(minutes(2));
  expect(driver.openCalls()).toHaveLength(1);
});

test("an idle user is read once a day and a removed one leaves nothing behind", () => {
  const driver = new TopologyDriver(decoratorTopology, { startAt: monday });
  driver.publish(userStatus, user, status("active", 1));
  const answer = () => {
    const [open] = driver.openCalls();
    const { roundStartedAt } = open!.call as { roundStartedAt: typeof monday };
    driver.answer(open!.callId, {
      kind: "pageRead",
      roundStartedAt,
      events: [],
      masters: [],
      mastersElsewhere: [],
      unread: [],
      next: { kind: "delta", link: "d" },
    });
  };
  answer();
  driver.publish(resyncRequests, user, { reason: "missed", requestedAt: monday });
  answer();
  driver.advanceBy(days(1));
  answer();
  expect(driver.openCalls()).toEqual([]);
  expect(driver.now).toBe(plus(monday, days(1)));
  driver.publish(userStatus, user, status("removed", 2));
  expect(driver.stateOf(user)).toEqual(decoratorTopology.initial);
});

test("every fault of the configuration is named at once", () => {
  expect(() =>
    readDecoratorConfig({ DECORATOR_CACHE_KEEP_MS: "5", DECORATOR_CACHE_ENTRIES_MAX: "many" }),
  ).toThrow(/DECORATOR_CACHE_KEEP_MS[\s\S]*DECORATOR_CACHE_ENTRIES_MAX/);
});

test.each(["", "0x10", "1e3", "-1", "59.5"])("a number that is written as %j is refused by name", (text) => {
  expect(() => readDecoratorConfig({ DECORATOR_CACHE_KEEP_MS: text })).toThrow(
    /DECORATOR_CACHE_KEEP_MS: (is empty|must be a whole number .* from 1s to 1h)/,
  );
});
