import { hours, minutes, plus } from "@hybrid/kernel";
import { describe, expect, test } from "vitest";
import { callsOf, emitted, entry, lifetimeMs, otherTenantId, Subject, startAt } from "./subject.ts";

describe("consent", () => {
  test("lost consent is signalled once with the generation, and nothing is planned any more", () => {
    const subject = new Subject().trying();
    const orders = subject.fail("consentRevoked");
    expect(emitted(orders, "consent-signals")).toMatchObject([{ tenantId: entry().tenantId, generation: 1 }]);
    expect(subject.status).toMatchObject({ to: "error", reason: "consentRevoked", nextTryAt: null });
    expect(subject.timers).toEqual([]);
  });

  test("lost under an older decision than the present one is simply tried again", () => {
    const subject = new Subject().trying();
    subject.decide("active");
    const orders = subject.fail("consentRevoked");
    expect(emitted(orders, "consent-signals")).toEqual([]);
    expect(callsOf(orders)).toEqual(["createSubscription"]);
  });

  test("a suspension plans no calls, only to forget the subscription; new consent tries at once", () => {
    const subject = new Subject().active();
    const { expiresAt } = subject.status;
    subject.decide("suspended");
    expect(subject.status).toMatchObject({
      from: "active",
      to: "error",
      reason: "consentRevoked",
      failures: 0,
    });
    expect(subject.timers).toEqual([{ name: "delete", dueAt: expiresAt }]);
    expect(callsOf(subject.decide("active"))).toEqual(["deleteSubscription"]);
    expect(callsOf(subject.fail("notFound"))).toEqual(["createSubscription"]);
  });

  test("a decision of an older generation, or of another tenant, changes nothing", () => {
    const subject = new Subject().active();
    const { settings } = subject.status;
    const suspended = { kind: "tenantDecided", status: "suspended", settings, actAt: startAt } as const;
    expect(subject.send({ ...suspended, tenantId: entry().tenantId, generation: 1 })).toEqual([]);
    expect(subject.send({ ...suspended, tenantId: otherTenantId, generation: 9 })).toEqual([]);
    expect(subject.standing.kind).toBe("active");
  });
});

describe("switching off", () => {
  test("a deletion that fails is repeated with a doubling wait until the subscription has expired", () => {
    const subject = new Subject().active();
    const expiresAt = subject.status.expiresAt!;
    subject.toggle(false);
    let deletions = 1;
    for (; subject.user.leftover !== null && subject.user.inFlight !== null; subject.untilDue(), deletions++)
      subject.fail("unavailable", { retryable: true });
    expect(deletions).toBeGreaterThan(100);
    expect(subject.now).toBe(expiresAt);
    expect(subject.timers).toEqual([]);
  });

  test("a removed user ends once the subscription is deleted, and may come back with version 1", () => {
    const subject = new Subject().active();
    subject.put({ removed: true, enabled: false });
    expect(subject.status).toMatchObject({ from: "active", to: "disabled", cause: "removed" });
    subject.answer();
    expect(subject.driver.state).toEqual({ kind: "unknown" });
    expect(subject.status).toMatchObject({ from: "disabled", to: "removed" });
    subject.record = entry({ version: 0 });
    subject.put();
    expect(subject.status).toMatchObject({
      transition: 1,
      from: "notActivated",
      to: "notActivated",
      cause: "added",
    });
  });

  test("a user removed while being tried ends only after what was created is deleted", () => {
    const subject = new Subject().trying();
    subject.put({ removed: true, enabled: false });
    expect(callsOf(subject.answer())).toEqual(["deleteSubscription"]);
    subject.answer();
    expect(subject.driver.state).toEqual({ kind: "unknown" });
  });

  test("a user disabled during a renewal is deleted with the expiry that the renewal granted", () => {
    const subject = new Subject().active();
    subject.untilDue();
    subject.toggle(false);
    const expiresAt = plus(subject.now, lifetimeMs);
    expect(callsOf(subject.answer())).toEqual(["deleteSubscription"]);
    expect(subject.user.leftover).toMatchObject({ expiresAt });
  });

  test("enabled again at once, the old subscription is deleted before a new one is created", () => {
    const subject = new Subject().active();
    subject.toggle(false);
    expect(callsOf(subject.toggle(true))).toEqual([]);
    expect(callsOf(subject.answer())).toEqual(["createSubscription"]);
    expect(emitted(subject.answer(), "resync-requests")).toMatchObject([{ reason: "activated" }]);
  });

  test("an old subscription that cannot be deleted holds a new one up for three tries only", () => {
    const subject = new Subject().active();
    subject.put({ objectId: "b0000000-0000-4000-8000-00000000000b" });
    for (let each = 0; each < 2; each++) {
      subject.fail("unavailable");
      expect(callsOf(subject.untilDue())).toEqual(["deleteSubscription"]);
    }
    expect(callsOf(subject.fail("unavailable"))).toEqual(["createSubscription"]);
    expect(subject.now).toBeLessThanOrEqual(plus(startAt, minutes(5)));
    subject.answer();
    expect(subject.user).toMatchObject({ standing: { kind: "active" }, leftover: null });
  });
});

describe("other tenant and connector", () => {
  test("a user who moves to another tenant asks for its decision and is deleted in the old one", () => {
    const subject = new Subject().active();
    const orders = subject.put({ tenantId: otherTenantId });
    expect(orders).toContainEqual({
      kind: "tell",
      to: `acme/t-${otherTenantId}#`,
      input: { kind: "userJoined", user: "acme/u-1", tries: true },
    });
    expect(callsOf(orders)).toEqual(["deleteSubscription"]);
    expect(callsOf(subject.answer())).toEqual([]);
    expect(callsOf(subject.decide("active"))).toEqual(["createSubscription"]);
  });

  test("connector users outside a resource group are taken over within 24 hours, spread by key", () => {
    const waits = Array.from({ length: 100 }, (_, each) => {
      const subject = new Subject(`acme/u-${each}`).trying({ connector: { resourceGroup: null } });
      expect(subject.status).toMatchObject({ to: "notActivated", reason: "awaitingTakeover" });
      return subject.tryAt - startAt;
    });
    expect(Math.max(...waits)).toBeLessThanOrEqual(hours(24));
    expect(Math.min(...waits)).toBeLessThan(hours(2));
    expect(Math.max(...waits)).toBeGreaterThan(hours(20));
  });

  test("a toggle takes a connector user over at once", () => {
    const subject = new Subject().trying({ connector: { resourceGroup: null } });
    expect(callsOf(subject.toggle(true))).toEqual(["createSubscription"]);
  });

  test("a user in a resource group is never tried, and leaving the group starts the 24 hours", () => {
    const subject = new Subject().trying({ connector: { resourceGroup: "pilot" } });
    expect(subject.timers).toEqual([]);
    subject.driver.pass(hours(1_000));
    subject.put({ connector: { resourceGroup: null } });
    expect(subject.tryAt - subject.now).toBeLessThanOrEqual(hours(24));
    expect(callsOf(subject.untilDue())).toEqual(["createSubscription"]);
  });
});
