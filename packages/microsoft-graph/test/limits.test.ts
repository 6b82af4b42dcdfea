import { ProviderError, seconds } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import { createBreakers } from "../src/limits/breakers.ts";
import { createClosures } from "../src/limits/closures.ts";
import { createGcraLimiter } from "../src/limits/gcra.ts";
import { defaultGraphLimits, type GraphLimits } from "../src/limits/graph-limits.ts";
import { createMailboxQueue } from "../src/limits/mailbox-queue.ts";
import { limiterContract } from "./limiter-contract.ts";
import { failureOf } from "./world.ts";

limiterContract(async (clock) => createGcraLimiter(clock));

test("the default rates are four fifths of the published limits, bursts included", () => {
  for (const [rate, requests, windowSeconds] of [
    [defaultGraphLimits.global, 130_000, 10],
    [defaultGraphLimits.subscriptionWritesApp, 2_000, 20],
    [defaultGraphLimits.subscriptionWritesTenant, 500, 20],
    [defaultGraphLimits.subscriptionListsApp, 40, 20],
    [defaultGraphLimits.subscriptionListsTenant, 25, 20],
  ] as const) {
    expect(rate.perSecond * windowSeconds).toBeCloseTo(0.8 * requests);
    expect(rate.burst + rate.perSecond * windowSeconds).toBeLessThanOrEqual(requests);
  }
});

test("a scope is closed until its latest end, and other scopes are not", () => {
  const clock = new VirtualClock();
  const closures = createClosures(clock);
  const at = (ms: number) => (clock.now() + ms) as ReturnType<typeof clock.now>;
  closures.close("tenant a", at(5_000));
  closures.close("tenant a", at(2_000));
  expect(closures.closedForMs(["app", "tenant a"])).toBe(5_000);
  expect(closures.closedForMs(["app", "tenant b"])).toBe(0);
  clock.advanceBy(5_000);
  expect(closures.closedForMs(["tenant a"])).toBe(0);
});

const signal = new AbortController().signal;

const queueOf = (limits: Partial<GraphLimits> = {}) => {
  const clock = new VirtualClock();
  const queueLimits = { ...defaultGraphLimits, mailboxQueueMax: 2, ...limits };
  return { clock, queue: createMailboxQueue({ scheduler: clock, random: () => 0, limits: queueLimits }) };
};

test("a mailbox lets one call in at a time, in order, and refuses when too many wait", async () => {
  const { queue, clock } = queueOf();
  const order: string[] = [];
  const leaveFirst = await queue.enter("m", { signal, what: "first" });
  const inside = ["second", "third"].map(async (what) => {
    const leave = await queue.enter("m", { signal, what });
    order.push(what);
    return leave;
  });
  const refused = await failureOf(queue.enter("m", { signal, what: "fourth" }));
  expect(refused).toMatchObject({ code: "throttled", retryable: true, retryAfterMs: 1_000 });
  const leaveOther = await queue.enter("other", { signal, what: "another mailbox" });
  expect(order).toEqual([]);
  leaveFirst();
  leaveFirst();
  const leaveSecond = await inside[0]!;
  expect(order).toEqual(["second"]);
  leaveSecond();
  (await inside[1]!)();
  leaveOther();
  expect(order).toEqual(["second", "third"]);
  (await queue.enter("m", { signal, what: "fifth" }))();
  expect(clock.nextDueAt()).toBeNull();
});

test.each([1, 2, 3, 4])("a mailbox of width %d is never entered by more, nor by fewer", async (width) => {
  const { queue } = queueOf({ mailboxConcurrencyMax: width, mailboxQueueMax: 20 });
  const inside: (() => void)[] = [];
  const counts: number[] = [];
  const calls = Array.from({ length: 12 }, async () => {
    const leave = await queue.enter("m", { signal, what: "a call" });
    counts.push(inside.push(leave));
  });
  for (let left = 12; left > 0; left--) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(inside).toHaveLength(Math.min(width, left));
    inside.shift()!();
  }
  await Promise.all(calls);
  expect(Math.max(...counts)).toBe(width);
});

test("a mailbox's turn is waited for within the quick budget, and then the call gives way", async () => {
  const { queue, clock } = queueOf({ quickBudgetMs: 2_000 });
  const leave = await queue.enter("m", { signal, what: "first" });
  const givenUp = failureOf(queue.enter("m", { signal, what: "second" }));
  clock.advanceBy(1_999);
  const third = queue.enter("m", { signal, what: "third" });
  clock.advanceBy(1);
  expect(await givenUp).toMatchObject({ code: "throttled", retryable: true, retryAfterMs: 1_000 });
  leave();
  (await third)();
  expect(clock.nextDueAt()).toBeNull();
});

test("a call that ends while it waits leaves the queue to the others", async () => {
  const { queue, clock } = queueOf();
  const leave = await queue.enter("m", { signal, what: "first" });
  const deadline = new AbortController();
  const ended = failureOf(queue.enter("m", { signal: deadline.signal, what: "second" }));
  const third = queue.enter("m", { signal, what: "third" });
  deadline.abort();
  expect(await ended).toMatchObject({ code: "throttled", retryable: true, retryAfterMs: 1_000 });
  leave();
  (await third)();
  expect(clock.nextDueAt()).toBeNull();
});

const place = (tenantId: string) => ({ tenantId, family: "events", what: "events.get" }) as const;
const failing = (code: "unavailable" | "throttled" | "notFound") => async () => {
  throw new ProviderError(code, { code, retryable: code !== "notFound" });
};

test("a breaker opens on failures of the service and on nothing else", async () => {
  const breakers = createBreakers(new VirtualClock(), defaultGraphLimits);
  for (const code of ["throttled", "notFound"] as const)
    for (let asked = 0; asked < 50; asked++)
      expect(await failureOf(breakers.run(place("a"), failing(code)))).toMatchObject({ code });
  for (let asked = 0; asked < 9; asked++) await failureOf(breakers.run(place("b"), failing("unavailable")));
  expect(await breakers.run(place("b"), async () => "through")).toBe("through");
  await failureOf(breakers.run(place("b"), failing("unavailable")));
  expect(await failureOf(breakers.run(place("b"), failing("unavailable")))).toMatchObject({
    code: "breakerOpen",
    retryAfterMs: defaultGraphLimits.breakerResetMs,
  });
  expect(await breakers.run(place("a"), async () => "through")).toBe("through");
  breakers.close();
});

test("after its reset one probe goes through, which opens the breaker again or closes it", async () => {
  const clock = new VirtualClock();
  const breakers = createBreakers(clock, defaultGraphLimits);
  for (let asked = 0; asked < 10; asked++) await failureOf(breakers.run(place("a"), failing("unavailable")));
  clock.advanceBy(defaultGraphLimits.breakerResetMs);
  let fail: (reason: Error) => void = () => undefined;
  const probe = failureOf(
    breakers.run(
      place("a"),
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    ),
  );
  expect(await failureOf(breakers.run(place("a"), async () => "second"))).toMatchObject({
    code: "breakerOpen",
  });
  fail(new ProviderError("still down", { code: "unavailable", retryable: true }));
  expect(await probe).toMatchObject({ code: "unavailable" });
  expect(await failureOf(breakers.run(place("a"), async () => "early"))).toMatchObject({
    code: "breakerOpen",
    retryAfterMs: defaultGraphLimits.breakerResetMs,
  });
  clock.advanceBy(defaultGraphLimits.breakerResetMs);
  expect(await breakers.run(place("a"), async () => "back")).toBe("back");
  expect(await breakers.run(place("a"), async () => "closed")).toBe("closed");
  breakers.close();
});

test("failures leave the window as time passes, and the number of breakers stays bounded", async () => {
  const clock = new VirtualClock();
  const breakers = createBreakers(clock, { ...defaultGraphLimits, breakersMax: 3 });
  for (let asked = 0; asked < 50; asked++) {
    expect(await failureOf(breakers.run(place("a"), failing("unavailable")))).toMatchObject({
      code: "unavailable",
    });
    clock.advanceBy(seconds(2));
  }
  for (let tenant = 0; tenant < 20; tenant++)
    expect(await breakers.run(place(`t${tenant}`), async () => tenant)).toBe(tenant);
  breakers.close();
});
