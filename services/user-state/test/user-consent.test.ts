import { days, minutes, plus, seconds } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { callsOf, objectId, Subject, settings } from "./subject.ts";

const consentMs = days(30);

/** A user of a tenant where each consents for the own calendar, who has done so. */
const connected = (): Subject => {
  const subject = new Subject().byUser().trying();
  subject.fail("userConsentMissing");
  subject.send({ kind: "consentGiven", expiresAt: plus(subject.now, consentMs) });
  subject.untilDue();
  subject.answer();
  return subject;
};

test("a user without consent is in Error with the reason, tried daily, and a few seconds after the consent", () => {
  const subject = new Subject().byUser().trying();
  subject.fail("userConsentMissing");
  expect(subject.status).toMatchObject({ to: "error", reason: "userConsentMissing", failures: 1 });
  expect(subject.tryAt - subject.now).toBeGreaterThanOrEqual(days(1));
  subject.send({ kind: "consentGiven", expiresAt: plus(subject.now, consentMs) });
  expect(subject.tryAt - subject.now).toBe(seconds(5));
  expect(subject.status).toMatchObject({ cause: "consentGiven", failures: 0 });
  expect(callsOf(subject.untilDue())).toEqual(["createSubscription"]);
  subject.answer();
  expect(subject.status).toMatchObject({ to: "active", reason: null });
});

test("calls are on behalf of the user there, and of the application elsewhere", () => {
  const subject = connected();
  expect(subject.untilDue()).toMatchObject([
    { call: { kind: "renewSubscription", objectId, isDelegated: true } },
  ]);
  const other = new Subject().active();
  const [order] = other.untilDue();
  expect(order).not.toHaveProperty("call.isDelegated");
  expect(order).not.toHaveProperty("call.objectId");
});

test("what calls Graph may hear later of a consent than the user: that is waited for, and no failure", () => {
  const subject = new Subject().byUser().trying();
  subject.send({ kind: "consentGiven", expiresAt: plus(subject.now, consentMs) });
  subject.fail("userConsentMissing");
  expect(subject.user).toMatchObject({ failures: 0, standing: { kind: "notActivated" } });
  expect(subject.tryAt - subject.now).toBe(minutes(1));
});

test("when the thirty days are over the user is in Error at that time, and a new consent makes Active", () => {
  const subject = connected();
  const endsAt = subject.user.consentedUntil ?? subject.now;
  while (subject.now < endsAt) {
    subject.untilDue();
    if (subject.now < endsAt) subject.answer();
  }
  expect(subject.now).toBe(endsAt);
  expect(subject.inFlight.kind).toBe("renewSubscription");
  subject.fail("userConsentExpired");
  expect(subject.status).toMatchObject({ to: "error", reason: "userConsentExpired" });
  // The old subscription cannot be reached: it ends by itself.
  subject.fail("userConsentExpired");
  expect(subject.user.leftover).toBeNull();
  subject.send({ kind: "consentGiven", expiresAt: plus(subject.now, consentMs) });
  subject.untilDue();
  subject.answer();
  expect(subject.status).toMatchObject({ to: "active" });
});

test("a provider in trouble at the end of a consent is asked again by its waits, and not at once", () => {
  const subject = connected();
  const endsAt = subject.user.consentedUntil ?? subject.now;
  while (subject.now < endsAt) {
    subject.untilDue();
    if (subject.now < endsAt) subject.answer();
  }
  subject.fail("unavailable", { retryable: true });
  expect(subject.timers[0]?.dueAt).toBe(plus(subject.now, minutes(5)));
  expect(subject.status.to).toBe("active");
});

test("a consent that is taken back in the middle of the day is told with its reason", () => {
  const subject = connected();
  subject.untilDue();
  subject.fail("userConsentRevoked");
  expect(subject.status).toMatchObject({ to: "error", reason: "userConsentRevoked" });
});

test("a consent in a tenant that has consented as a whole is nothing to anybody", () => {
  const subject = new Subject().active();
  const before = subject.driver.state;
  expect(subject.send({ kind: "consentGiven", expiresAt: plus(subject.now, consentMs) })).toEqual([]);
  expect(subject.driver.state).toEqual(before);
  expect(subject.settings).toBe(settings);
});
