import { hours, instant, minutes, plus, seconds } from "@hybrid/kernel";
import { describe, expect, test } from "vitest";
import { designNumbers } from "../src/domain/numbers.ts";
import { callsOf, emitted, lifetimeMs, Subject, startAt, statusesOf } from "./subject.ts";

describe("attempts", () => {
  test("a failure is followed by a try in 60 minutes, the third in a row by one in 24 hours", () => {
    const subject = new Subject().trying();
    const waits: number[] = [];
    for (let each = 0; each < 5; each++) {
      subject.fail("unavailable", { retryable: true });
      waits.push(Math.floor((subject.tryAt - subject.now) / minutes(30)) / 2);
      expect(callsOf(subject.untilDue())).toEqual(["createSubscription"]);
    }
    expect(waits).toEqual([1, 1, 24, 24, 24]);
    expect(subject.user.failures).toBe(5);
  });

  test("a success ends the row of failures", () => {
    const subject = new Subject().trying();
    subject.fail("unavailable");
    subject.untilDue();
    subject.answer();
    expect(subject.status).toMatchObject({
      from: "error",
      to: "active",
      failures: 0,
      nextTryAt: null,
      reason: null,
    });
  });

  test.each(["outOfScope", "userNotFound", "quotaExceeded"] as const)(
    "%s is tried daily from the first time on",
    (code) => {
      const subject = new Subject().trying();
      subject.fail(code);
      expect(subject.status).toMatchObject({ to: "error", reason: code, failures: 1 });
      expect(subject.tryAt - subject.now).toBeGreaterThanOrEqual(hours(24));
    },
  );

  test("our own certificate that Entra refuses is nobody's failure: tried hourly until it is replaced", () => {
    const subject = new Subject().trying();
    for (let each = 0; each < 4; each++) {
      subject.fail("credentialsRejected");
      expect(subject.status).toMatchObject({
        to: "notActivated",
        reason: "credentialsRejected",
        failures: 0,
      });
      expect(subject.tryAt - subject.now).toBeGreaterThanOrEqual(hours(1));
      expect(subject.tryAt - subject.now).toBeLessThan(minutes(61));
      subject.untilDue();
    }
    subject.answer();
    expect(subject.status).toMatchObject({ to: "active", failures: 0 });
  });

  test("a toggle in the middle of the 24 hours resets the counters and tries at once", () => {
    const subject = new Subject().trying();
    for (let each = 0; each < 3; each++) {
      subject.fail("unavailable");
      if (each < 2) subject.untilDue();
    }
    subject.driver.pass(minutes(5));
    expect(callsOf(subject.toggle(true))).toEqual(["createSubscription"]);
    expect(subject.status).toMatchObject({
      to: "error",
      failures: 0,
      cause: "toggled",
      nextTryAt: subject.now,
    });
  });

  test("organisation activated again: counters are reset and Error is tried when the walk says", () => {
    const subject = new Subject().trying();
    subject.fail("unavailable");
    subject.decide("active", seconds(5));
    expect(subject.user.failures).toBe(0);
    expect(subject.tryAt - subject.now).toBe(seconds(5));
    expect(callsOf(subject.untilDue())).toEqual(["createSubscription"]);
  });

  test("Retry-After longer than the wait wins, for failures as well", () => {
    const subject = new Subject().trying();
    subject.fail("unavailable", { retryAt: plus(subject.now, hours(3)) });
    subject.untilDue();
    expect(subject.now).toBe(plus(startAt, hours(3)));
    expect(subject.inFlight.kind).toBe("createSubscription");
  });

  test("a toggle does not get past Retry-After", () => {
    const subject = new Subject().trying();
    const retryAt = plus(subject.now, hours(2));
    subject.fail("throttled", { retryAt });
    expect(callsOf(subject.toggle(true))).toEqual([]);
    expect(subject.status.nextTryAt).toBe(retryAt);
    expect(callsOf(subject.untilDue())).toEqual(["createSubscription"]);
    expect(subject.now).toBe(retryAt);
  });

  test("throttled without Retry-After waits 1, 2, 4, 8 and then 15 minutes, and is no failure", () => {
    const subject = new Subject().trying();
    const waits: number[] = [];
    for (let each = 0; each < 6; each++) {
      subject.fail("throttled", { retryable: true });
      waits.push((subject.tryAt - subject.now) / minutes(1));
      subject.untilDue();
    }
    expect(waits).toEqual([1, 2, 4, 8, 15, 15]);
    expect(subject.status).toMatchObject({ to: "notActivated", reason: "throttled", failures: 0 });
  });

  test("a throttled user in Error keeps reason and failures, and only the try moves", () => {
    const subject = new Subject().trying();
    subject.fail("unavailable");
    subject.untilDue();
    subject.fail("breakerOpen", { retryAt: plus(subject.now, minutes(3)) });
    expect(subject.status).toMatchObject({ from: "error", to: "error", reason: "unavailable", failures: 1 });
    expect(subject.tryAt).toBeGreaterThanOrEqual(plus(subject.now, minutes(3)));
  });

  test("a granted lifetime that is over already counts as a failure", () => {
    const subject = new Subject().trying();
    subject.answer({ expiresAt: subject.now });
    expect(subject.status).toMatchObject({ to: "error", reason: "unexpected", failures: 1 });
  });
});

describe("mailbox missing", () => {
  test("is confirmed after five minutes before the user sees Error", () => {
    const subject = new Subject().trying();
    expect(statusesOf(subject.fail("mailboxMissing"))).toEqual([]);
    expect(callsOf(subject.untilDue())).toEqual(["probeMailbox"]);
    expect(subject.now).toBe(plus(startAt, minutes(5)));
    subject.fail("mailboxMissing");
    expect(subject.status).toMatchObject({ to: "error", reason: "mailboxMissing", failures: 1 });
    expect(subject.tryAt).toBeGreaterThanOrEqual(plus(subject.now, minutes(60)));
  });

  test("is forgotten when the probe finds the mailbox: tried again at once", () => {
    const subject = new Subject().trying();
    subject.fail("mailboxMissing");
    subject.untilDue();
    expect(callsOf(subject.answer())).toEqual(["createSubscription"]);
    subject.answer();
    expect(subject.status).toMatchObject({ from: "notActivated", to: "active" });
  });

  test("found again right after a good probe is the second observation, not the first of a new round", () => {
    const subject = new Subject().trying();
    subject.fail("mailboxMissing");
    subject.untilDue();
    subject.answer();
    subject.fail("mailboxMissing");
    expect(subject.status).toMatchObject({ to: "error", reason: "mailboxMissing", failures: 1 });
  });

  test("needs no third look while it is known", () => {
    const subject = new Subject().trying();
    subject.fail("mailboxMissing");
    subject.untilDue();
    subject.fail("mailboxMissing");
    subject.untilDue();
    subject.fail("mailboxMissing");
    expect(subject.status).toMatchObject({ to: "error", failures: 2 });
  });

  test("of an Active user shows where it came from, and what is left of the subscription is deleted", () => {
    const subject = new Subject().active();
    subject.untilDue();
    subject.fail("mailboxMissing");
    expect(subject.standing.kind).toBe("active");
    expect(callsOf(subject.untilDue())).toEqual(["probeMailbox"]);
    expect(callsOf(subject.fail("mailboxMissing"))).toEqual(["deleteSubscription"]);
    expect(subject.status).toMatchObject({ from: "active", to: "error", reason: "mailboxMissing" });
  });

  test("a mailbox located on premises is looked at, and an answer leaves the renewal where it was", () => {
    const subject = new Subject().active();
    const before = subject.timers;
    expect(callsOf(subject.send({ kind: "mailboxLocated", location: "onPremises" }))).toEqual([
      "probeMailbox",
    ]);
    expect(callsOf(subject.answer())).toEqual([]);
    expect(subject.timers).toEqual(before);
    expect(subject.user.suspicion).toBeNull();
  });
});

describe("renewal", () => {
  test("falls due between 70 and 90 percent of the granted lifetime, spread by key", () => {
    const shares = Array.from({ length: 200 }, (_, each) => {
      const subject = new Subject(`acme/u-${each}`).trying();
      subject.answer({ expiresAt: plus(subject.now, hours(100)) });
      return (subject.timers[0]!.dueAt - subject.now) / hours(100);
    });
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.7);
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.9);
    expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.15);
  });

  test("is measured from what was granted, not from what was asked for", () => {
    const subject = new Subject().trying();
    subject.answer({ expiresAt: plus(subject.now, hours(1)) });
    expect(subject.timers[0]!.dueAt).toBeLessThan(plus(subject.now, minutes(55)));
  });

  test("that fails for now is repeated with a doubling wait until expiry; then Error and an attempt", () => {
    const subject = new Subject().active();
    const { expiresAt } = subject.status;
    let renewals = 0;
    for (subject.untilDue(); subject.standing.kind === "active"; subject.untilDue()) {
      renewals += 1;
      subject.fail("unavailable", { retryable: true });
    }
    expect(renewals).toBeGreaterThan(20);
    expect(subject.now).toBe(expiresAt);
    expect(subject.status).toMatchObject({
      from: "active",
      to: "error",
      reason: "unavailable",
      cause: "expired",
      failures: 0,
    });
    expect(subject.inFlight.kind).toBe("createSubscription");
  });

  test("throttled beyond expiry ends in Error, and nothing is called before Retry-After", () => {
    const subject = new Subject().active();
    subject.untilDue();
    const retryAt = plus(subject.now, hours(24 * 30));
    subject.fail("throttled", { retryAt });
    expect(callsOf(subject.untilDue())).toEqual([]);
    expect(subject.status).toMatchObject({
      from: "active",
      to: "error",
      reason: "throttled",
      nextTryAt: retryAt,
    });
    expect(callsOf(subject.untilDue())).toEqual(["createSubscription"]);
    expect(subject.now).toBe(retryAt);
  });

  test("of a subscription that Graph does not know any more: recreated, then resynced", () => {
    const subject = new Subject().active();
    subject.untilDue();
    expect(callsOf(subject.fail("notFound"))).toEqual(["createSubscription"]);
    const orders = subject.answer();
    expect(subject.status).toMatchObject({ from: "active", to: "active", subscriptionId: "subscription-2" });
    expect(emitted(orders, "resync-requests")).toMatchObject([{ reason: "subscriptionRecreated" }]);
  });

  test("after the service was down beyond expiry is an attempt, because the subscription is gone", () => {
    const subject = new Subject().active();
    subject.driver.pass(lifetimeMs);
    expect(callsOf(subject.send({ kind: "timerFired", name: "renew" }))).toEqual(["createSubscription"]);
    expect(subject.status).toMatchObject({ from: "active", to: "error", reason: "expired" });
  });

  test.each([
    ["unexpected", false],
    ["invalidRequest", false],
    ["unavailable", false],
    ["unauthorized", false],
    ["credentialsRejected", false],
    ["quotaExceeded", false],
    ["conflict", false],
    ["deadlineExceeded", true],
    ["validationTimedOut", true],
  ] as const)("that fails with %s proves nothing about the subscription: it lives on", (code, retryable) => {
    const subject = new Subject().active();
    const { expiresAt } = subject.status;
    let renewals = 0;
    for (subject.untilDue(); subject.standing.kind === "active"; subject.untilDue()) {
      expect(subject.inFlight.kind).toBe("renewSubscription");
      renewals += 1;
      subject.fail(code, { retryable });
    }
    expect(renewals).toBeGreaterThan(5);
    expect(subject.now).toBe(expiresAt);
    expect(subject.status).toMatchObject({ from: "active", to: "error", reason: code, failures: 0 });
    expect(subject.inFlight.kind).toBe("createSubscription");
  });

  test("goes on as if nothing had been when the second answer is good", () => {
    const subject = new Subject().active();
    subject.untilDue();
    expect(subject.fail("unexpected")).toEqual([]);
    expect(callsOf(subject.untilDue())).toEqual(["renewSubscription"]);
    subject.answer();
    expect(subject.status).toMatchObject({ from: "active", to: "active", cause: "renewed", failures: 0 });
  });

  test("survives a weekend on which our own certificate has expired", () => {
    const subject = new Subject().active();
    subject.untilDue();
    const begin = subject.now;
    for (; subject.now < begin + hours(24); subject.untilDue()) subject.fail("credentialsRejected");
    subject.answer();
    expect(subject.statuses.map(({ to }) => to).slice(-2)).toEqual(["active", "active"]);
    expect(subject.status).toMatchObject({ cause: "renewed", failures: 0 });
  });

  test("that grants an expiry which has passed is asked for again, and the known expiry holds", () => {
    const subject = new Subject().active();
    const { subscriptionId, expiresAt } = subject.status;
    subject.untilDue();
    expect(subject.answer({ expiresAt: plus(subject.now, -hours(1)) })).toEqual([]);
    expect(subject.status).toMatchObject({ to: "active", subscriptionId, expiresAt });
    expect(callsOf(subject.untilDue())).toEqual(["renewSubscription"]);
  });

  test.each(["outOfScope", "userNotFound"] as const)(
    "that Graph refuses because of the user (%s) makes Error, and the subscription is deleted",
    (code) => {
      const subject = new Subject().active();
      subject.untilDue();
      expect(callsOf(subject.fail(code))).toEqual(["deleteSubscription"]);
      expect(subject.status).toMatchObject({ from: "active", to: "error", reason: code, failures: 1 });
    },
  );
});

describe("lifecycle notifications", () => {
  test("the first activation asks for a resync because activated", () => {
    const subject = new Subject().trying();
    expect(emitted(subject.answer(), "resync-requests")).toMatchObject([{ reason: "activated" }]);
  });

  test("reauthorizationRequired is one renewal, and no other within ten minutes", () => {
    const subject = new Subject().active();
    expect(callsOf(subject.lifecycle("reauthorizationRequired"))).toEqual(["renewSubscription"]);
    expect(callsOf(subject.lifecycle("reauthorizationRequired"))).toEqual([]);
    subject.answer();
    subject.driver.pass(minutes(10) - 1);
    expect(callsOf(subject.lifecycle("reauthorizationRequired"))).toEqual([]);
    subject.driver.pass(1);
    expect(callsOf(subject.lifecycle("reauthorizationRequired"))).toEqual(["renewSubscription"]);
  });

  test("another subscription's notifications are ignored", () => {
    const subject = new Subject().active();
    for (const event of ["reauthorizationRequired", "subscriptionRemoved", "missed"] as const)
      expect(subject.lifecycle(event, "somebody-else")).toEqual([]);
  });

  test("a subscription dropped during its renewal is recreated even if the renewal worked", () => {
    const subject = new Subject().active();
    subject.untilDue();
    expect(callsOf(subject.lifecycle("subscriptionRemoved"))).toEqual([]);
    expect(callsOf(subject.answer())).toEqual(["createSubscription"]);
  });

  test("a dropped subscription is recreated in spite of odd answers; Active until the old expiry", () => {
    const subject = new Subject().active();
    const { expiresAt } = subject.status;
    subject.lifecycle("subscriptionRemoved");
    let attempts = 0;
    for (; subject.standing.kind === "recovering"; subject.untilDue()) {
      expect(subject.inFlight.kind).toBe("createSubscription");
      subject.fail("unavailable", { retryable: true });
      attempts += 1;
    }
    expect(attempts).toBeGreaterThan(20);
    expect(subject.now).toBe(expiresAt);
    expect(subject.status).toMatchObject({ from: "active", to: "error", reason: "unavailable", failures: 0 });
  });

  test("a dropped subscription that Graph will not create again makes Error at once", () => {
    const subject = new Subject().active();
    subject.lifecycle("subscriptionRemoved");
    subject.fail("unavailable");
    expect(subject.status).toMatchObject({ from: "active", to: "error", reason: "unavailable", failures: 1 });
  });
});

test("a configured number of failures decides about the long wait", () => {
  const subject = new Subject("acme/u-1", { ...designNumbers, failuresInARow: 1 }).trying();
  subject.fail("unavailable");
  expect(subject.tryAt).toBeGreaterThanOrEqual(instant(startAt + hours(24)));
});
