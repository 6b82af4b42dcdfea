import type { Ended, Expectation } from "./expectation.ts";
import { challenged, expectedSubscribers, renewalShares } from "./model.ts";
import { timeline } from "./organisation.ts";
import { subscriptionLifetimeMs } from "./worker-protocol.ts";

const minute = 60_000;

const checkSubscriptions = ({ stage, organisation }: Ended): Expectation => {
  const broken: string[] = [];
  const expected = expectedSubscribers(organisation);
  for (const person of organisation.people) {
    const live = stage.graph.listSubscriptions(person.objectId);
    const wanted = expected.has(person.objectId) ? 1 : 0;
    if (live.length !== wanted)
      broken.push(
        `${organisation.org}/u-${person.objectId} has ${live.length} live subscriptions, expected ${wanted}`,
      );
  }
  return {
    name: "subscriptions: exactly one for each Active user, none else",
    checked: organisation.people.length,
    broken,
  };
};

/**
 * The renewal timer is within its shares of the lifetime that counts from the creation, or from a challenge.
 */
const lifetimes = (ms: number): string => (ms / subscriptionLifetimeMs).toFixed(2);

const checkRenewals = ({ stage, organisation }: Ended): Expectation => {
  const broken: string[] = [];
  const [min, max] = renewalShares.map((share) => share * subscriptionLifetimeMs) as [number, number];
  const early = new Set(challenged(organisation).map(({ objectId }) => objectId));
  const live = stage.graph.listSubscriptions();
  for (const { userId, createdAt, expiresAt } of live) {
    const from =
      userId !== null && early.has(userId)
        ? Math.max(createdAt, stage.startedAt + timeline.reauthorizationMs)
        : createdAt;
    const renewedAt = expiresAt - subscriptionLifetimeMs;
    const inTime = renewedAt >= from + min - minute && renewedAt <= from + max + 10 * minute;
    const notYet = stage.clock.now() <= from + max + 10 * minute && renewedAt <= from + 10 * minute;
    if (!inTime && !notYet)
      broken.push(
        `subscription of ${userId}: renewed ${lifetimes(renewedAt - from)} lifetimes after it was granted, ` +
          `expected ${renewalShares.join(" to ")}`,
      );
  }
  return { name: "subscriptions: renewed at 70 to 90 % of their lifetime", checked: live.length, broken };
};

const checkChallenges = ({ play, organisation, cutOffCalls }: Ended): Expectation => {
  const wanted = challenged(organisation).length;
  const { renewalsBeforeChallenge, renewalsAfterChallenge } = play.counts;
  const made = renewalsAfterChallenge - renewalsBeforeChallenge;
  return {
    name: "subscriptions: three challenges at once lead to one renewal",
    checked: wanted,
    broken:
      made >= wanted && made <= wanted + cutOffCalls
        ? []
        : [`${made} renewals for ${wanted} users who were challenged three times each`],
  };
};

/** Once the tenant is suspended nobody knocks at its door until it consents again. */
const checkSuspension = ({ play, cutOffCalls }: Ended): Expectation => {
  const { refusedAfterSuspension, refusedBeforeConsent } = play.counts;
  const knocks = refusedBeforeConsent - refusedAfterSuspension;
  return {
    name: "consent: no request of the suspended tenant until it consents again",
    checked: refusedBeforeConsent,
    broken: knocks <= cutOffCalls ? [] : [`${knocks} requests were refused for want of consent`],
  };
};

/**
 * A call that a kill cut off after its 429, but before that outcome was durable, is repeated too early:
 * nobody is left who knew (I4). Everything else must wait.
 */
const checkRetryAfter = ({ stage, cutOffCalls }: Ended): Expectation => {
  const { throttled, retryAfterViolations } = stage.graph.metrics;
  return {
    name: "throttling: no request before its Retry-After had passed",
    checked: throttled,
    broken:
      retryAfterViolations <= cutOffCalls
        ? []
        : [`${retryAfterViolations} requests came too early, at most ${cutOffCalls} can be the kill's doing`],
  };
};

const checkDeliveries = ({ stage, play }: Ended): Expectation => {
  const { ok, lost } = stage.graph.metrics.deliveries;
  const givenUp = lost - play.counts.lostOnPurpose;
  return {
    name: "notifications: every one that left was accepted in the end",
    checked: ok,
    broken:
      givenUp === 0 && ok > 0 ? [] : [`${givenUp} notifications were given up, ${ok} deliveries accepted`],
  };
};

/** What must be true of subscriptions, notifications and patience when the day is over. */
export const checkWatching = (ended: Ended): readonly Expectation[] => [
  checkSubscriptions(ended),
  checkRenewals(ended),
  checkChallenges(ended),
  checkSuspension(ended),
  checkRetryAfter(ended),
  checkDeliveries(ended),
];
