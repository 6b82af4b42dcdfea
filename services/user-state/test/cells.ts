import { actorIdOf, hours, minutes, plus, unreachable } from "@hybrid/kernel";
import type { Input, Order } from "../src/domain/inputs.ts";
import type { Standing, State } from "../src/domain/state.ts";
import { type entry, failure, lifetimeMs, otherTenantId, Subject, settings, tenantId } from "./subject.ts";

const partitionTenant = actorIdOf(`acme/t-${tenantId}#0`);

const tenantSubject = (): Subject => {
  const subject = new Subject(partitionTenant);
  subject.send({ kind: "tenantStatusChanged", status: decision(1, "active") });
  return subject;
};

export const decision = (generation: number, status: "active" | "suspended" | "deactivated") => ({
  tenantId,
  status,
  generation,
  settings,
  decidedAt: 0,
});

/** Every state an actor can be in, as far as inputs are treated differently. */
export const states = {
  "nobody yet": () => new Subject(),
  "waiting for the tenant's decision": () => {
    const subject = new Subject();
    subject.put();
    return subject;
  },
  "waiting for its first try": () => {
    const subject = new Subject();
    subject.put();
    subject.decide("active", minutes(10));
    return subject;
  },
  "being tried": () => new Subject().trying(),
  "in doubt, its mailbox missing once": () => {
    const subject = new Subject().trying();
    subject.fail("mailboxMissing");
    return subject;
  },
  "being probed": () => {
    const subject = new Subject().trying();
    subject.fail("mailboxMissing");
    subject.untilDue();
    return subject;
  },
  "with the connector": () => new Subject().trying({ connector: { resourceGroup: "pilot" } }),
  "with a connector that the migration detector chose": () => {
    const subject = new Subject().active();
    subject.send({ kind: "connectorAssigned", assigned: true });
    return subject;
  },
  "in Error, to be tried again": () => {
    const subject = new Subject().trying();
    subject.fail("unavailable");
    return subject;
  },
  "in Error, without the user's consent": () => {
    const subject = new Subject().byUser().trying();
    subject.fail("userConsentMissing");
    return subject;
  },
  "waiting for what Retry-After said": () => {
    const subject = new Subject().trying();
    subject.fail("throttled", { retryable: true, retryAt: plus(subject.now, hours(2)) });
    return subject;
  },
  "in Error, its mailbox missing": () => {
    const subject = new Subject().trying();
    subject.fail("mailboxMissing");
    subject.untilDue();
    subject.fail("mailboxMissing");
    return subject;
  },
  "in Error, its tenant suspended": () => {
    const subject = new Subject().active();
    subject.decide("suspended");
    return subject;
  },
  active: () => new Subject().active(),
  "active and being renewed": () => {
    const subject = new Subject().active();
    subject.untilDue();
    return subject;
  },
  "active and in doubt": () => {
    const subject = new Subject().active();
    subject.untilDue();
    subject.fail("mailboxMissing");
    return subject;
  },
  "recovering from a dropped subscription": () => {
    const subject = new Subject().active();
    subject.lifecycle("subscriptionRemoved");
    return subject;
  },
  "disabled, its subscription being deleted": () => {
    const subject = new Subject().active();
    subject.toggle(false);
    return subject;
  },
  "disabled, nothing left": () => {
    const subject = new Subject().active();
    subject.toggle(false);
    subject.answer();
    return subject;
  },
  "being removed": () => {
    const subject = new Subject().active();
    subject.put({ removed: true, enabled: false });
    return subject;
  },
  "a tenant actor that lists its users": tenantSubject,
  "a tenant actor that pauses": () => {
    const subject = tenantSubject();
    const users = [actorIdOf("acme/u-1")];
    subject.send({ kind: "actorsListed", generation: 1, after: null, users, more: true });
    return subject;
  },
} as const satisfies Readonly<Record<string, () => Subject>>;

export type StateName = keyof typeof states;

const callNumber = ({ driver }: Subject): number => (driver.state.kind === "user" ? driver.state.calls : 1);

const failing = (
  subject: Subject,
  code: "unavailable" | "throttled" | "mailboxMissing" | "consentRevoked",
): Input => {
  const { state } = subject.driver;
  const call = (state.kind === "user" ? state.inFlight?.kind : undefined) ?? "createSubscription";
  const retryable = code === "unavailable" || code === "throttled";
  return { kind: "callFailed", call, number: callNumber(subject), failure: failure(code, { retryable }) };
};

const nextEntry = (subject: Subject, over: Partial<ReturnType<typeof entry>>): Input => ({
  kind: "directoryChanged",
  entry: { ...subject.record, version: subject.record.version + 1, removed: false, enabled: true, ...over },
});

const decided = (subject: Subject, status: "active" | "suspended" | "deactivated"): Input => ({
  kind: "tenantDecided",
  tenantId,
  generation: subject.generation + 1,
  status,
  settings: subject.settings,
  actAt: subject.now,
});

const lifecycle = (lifecycleEvent: "reauthorizationRequired" | "subscriptionRemoved" | "missed"): Input => ({
  kind: "lifecycleReceived",
  subscriptionId: "subscription-1",
  lifecycleEvent,
});

/** Every input, as far as states treat it differently; an outcome is that of the latest call ordered. */
export const inputs = {
  "the directory repeats itself": ({ record }) => ({ kind: "directoryChanged", entry: record }),
  "the directory has a new address": (s) =>
    nextEntry(s, { enabled: s.record.enabled, mailAddress: "n@acme.example" }),
  "somebody toggles it on": (s) => nextEntry(s, { attemptGeneration: s.record.attemptGeneration + 1 }),
  "the administrator disables it": (s) =>
    nextEntry(s, { enabled: false, attemptGeneration: s.record.attemptGeneration + 1 }),
  "the directory removes it": (s) => nextEntry(s, { removed: true, enabled: false }),
  "its mailbox becomes another one": (s) =>
    nextEntry(s, { objectId: "b0000000-0000-4000-8000-00000000000b" }),
  "it moves to another tenant": (s) => nextEntry(s, { tenantId: otherTenantId }),
  "it joins a resource group": (s) => nextEntry(s, { connector: { resourceGroup: "pilot" } }),
  "the tenant is activated (again)": (s) => decided(s, "active"),
  "the tenant is suspended": (s) => decided(s, "suspended"),
  "the tenant is deactivated": (s) => decided(s, "deactivated"),
  "Graph wants it reauthorised": () => lifecycle("reauthorizationRequired"),
  "Graph drops its subscription": () => lifecycle("subscriptionRemoved"),
  "Graph missed notifications": () => lifecycle("missed"),
  "its mailbox is found in the cloud": () => ({ kind: "mailboxLocated", location: "cloud" }),
  "its mailbox is found on premises": () => ({ kind: "mailboxLocated", location: "onPremises" }),
  "the user connects the calendar": (s) => ({
    kind: "consentGiven",
    expiresAt: plus(s.now, 30 * 24 * 3_600_000),
  }),
  "a connector is given to it": () => ({ kind: "connectorAssigned", assigned: true }),
  "its connector lets it go": () => ({ kind: "connectorAssigned", assigned: false }),
  "a subscription was created": (s) => ({
    kind: "subscriptionCreated",
    number: callNumber(s),
    subscriptionId: "subscription-9",
    expiresAt: plus(s.now, lifetimeMs),
  }),
  "a subscription was renewed": (s) => ({
    kind: "subscriptionRenewed",
    number: callNumber(s),
    expiresAt: plus(s.now, lifetimeMs),
  }),
  "a subscription was deleted": (s) => ({ kind: "subscriptionDeleted", number: callNumber(s) }),
  "the mailbox answered": (s) => ({ kind: "mailboxAnswered", number: callNumber(s) }),
  "its call failed for now": (s) => failing(s, "unavailable"),
  "its call was throttled": (s) => failing(s, "throttled"),
  "its call found no mailbox": (s) => failing(s, "mailboxMissing"),
  "its call found no consent": (s) => failing(s, "consentRevoked"),
  "its timer fires": () => ({ kind: "timerFired", name: "retry" }),
  "the tenant's status arrives": () => ({ kind: "tenantStatusChanged", status: decision(2, "suspended") }),
  "a user joins": () => ({ kind: "userJoined", user: actorIdOf("acme/u-7"), tries: true }),
  "a page of users was listed": () => ({
    kind: "actorsListed",
    generation: 1,
    after: null,
    users: [actorIdOf("acme/u-1"), actorIdOf("acme/u-2")],
    more: false,
  }),
  "listing users failed": () => ({ kind: "listingFailed", generation: 1, after: null }),
} as const satisfies Readonly<Record<string, (subject: Subject) => Input>>;

export type InputName = keyof typeof inputs;

const standingText = (standing: Standing): string =>
  standing.kind === "notActivated" || standing.kind === "error"
    ? `${standing.kind} (${standing.reason})`
    : standing.kind;

const stateText = (state: State): string => {
  switch (state.kind) {
    case "unknown":
      return "nobody";
    case "tenant":
      return `tenant ${state.status}, walk ${state.walk.kind}`;
    default:
      return standingText(state.standing);
  }
};

const orderText = (order: Order): string => {
  switch (order.kind) {
    case "call":
      return order.call.kind;
    case "tell":
      return `tells ${order.input.kind}`;
    case "post":
      return `posts ${order.input.kind}`;
    case "emit":
      return emittedText(order.topic, order.value as any);
    default:
      return unreachable(order);
  }
};

const emittedText = (topic: string, value: any): string => {
  if (topic === "user-status") return `publishes ${value.to} because ${value.cause}`;
  return topic === "resync-requests" ? `asks for resync because ${value.reason}` : "signals lost consent";
};

/** What an input did to an actor, in words. */
export const told = (before: State, after: State, orders: readonly Order[]): string => {
  if (orders.length === 0 && JSON.stringify(before) === JSON.stringify(after)) return "ignores it";
  const verb = stateText(before) === stateText(after) ? "stays" : "becomes";
  return [`${verb} ${stateText(after)}`, ...orders.map(orderText)].join(", ");
};
