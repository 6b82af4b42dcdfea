import { plus, seconds } from "@hybrid/kernel";
import { afterEach, expect, test } from "vitest";
import { anna, bert, failureOf, openWorld, passing, patient, tenantId, type World } from "./world.ts";

let world: World;
afterEach(async () => await world.close());

const probe = (userObjectId = anna) =>
  world.graph.mailboxes.probe({ tenantId, userObjectId, signal: patient() });
const settingsRoute = "/v1.0/users/:userId/mailboxSettings";

/**
 * Goal: nothing of a tenant leaves before the Retry-After that Graph gave has passed, however long it is and
 * no matter who asks; and not a millisecond later than needed.
 * Method: a tenant throttled for 400 s (the SDK's own handler would cap that at 180 s), probes before, one
 * millisecond before and exactly at the end.
 */
test("Retry-After closes the tenant for exactly as long as it says", async () => {
  world = await openWorld();
  await probe();
  const served = world.simulator.metrics.countRequests({ route: settingsRoute });
  const untilMs = plus(world.clock.now(), seconds(400));
  world.simulator.throttleTenant(tenantId, { untilMs, retryAfterSeconds: 400 });
  expect(await failureOf(probe())).toMatchObject({
    code: "throttled",
    retryable: true,
    retryAfterMs: seconds(400),
    status: 429,
  });
  for (const [passedMs, leftMs] of [
    [seconds(100), seconds(300)],
    [seconds(299), seconds(1)],
    [999, 1],
  ] as const) {
    world.clock.advanceBy(passedMs);
    for (const userObjectId of [anna, bert])
      expect(await failureOf(probe(userObjectId))).toMatchObject({
        code: "throttled",
        retryAfterMs: leftMs,
        status: undefined,
      });
  }
  expect(world.simulator.metrics.countRequests({ route: settingsRoute })).toBe(served + 1);
  world.clock.advanceBy(1);
  expect(await probe(bert)).toEqual({ userPurpose: "user" });
  expect(await probe()).toEqual({ userPurpose: "user" });
  expect(world.simulator.metrics.retryAfterViolations).toBe(0);
});

test("a Retry-After that fits into the call's budget is waited out within the call", async () => {
  world = await openWorld();
  await probe();
  const untilMs = plus(world.clock.now(), seconds(1));
  world.simulator.throttleTenant(tenantId, { untilMs, retryAfterSeconds: 1 });
  expect(await passing(world.clock, seconds(2), probe())).toEqual({ userPurpose: "user" });
  expect(world.clock.now()).toBe(untilMs);
  expect(world.simulator.metrics).toMatchObject({ throttled: 1, retryAfterViolations: 0 });
});

test("a burst of server errors and cut connections is survived by quick attempts", async () => {
  world = await openWorld({ graph: { limits: { breakerErrorPercentage: 100 } } });
  world.simulator.setFaults({ errors: { GET: 0.3 }, resets: 0.1 });
  const failures: unknown[] = [];
  for (let asked = 0; asked < 40; asked++) {
    const userObjectId = asked % 2 === 0 ? anna : bert;
    await passing(world.clock, seconds(3), probe(userObjectId)).catch((error: unknown) =>
      failures.push(error),
    );
    world.clock.advanceBy(seconds(1));
  }
  for (const failure of failures) expect(failure).toMatchObject({ code: "unavailable", retryable: true });
  // 0.37 cubed is 5 %: most calls get through, and no call is retried for ever.
  expect(failures.length).toBeLessThan(10);
  expect(world.simulator.metrics.countRequests({ route: settingsRoute })).toBeLessThanOrEqual(120);
  expect(world.reports.filter((report) => report.status === null).length).toBeGreaterThan(0);
});

test("an API family that keeps failing is left alone until a probe succeeds, others go on", async () => {
  world = await openWorld({ graph: { limits: { quickAttemptsMax: 1 } } });
  await probe();
  world.simulator.setFaults({ errors: { GET: 1 } });
  for (let asked = 0; asked < 9; asked++)
    expect(await failureOf(probe())).toMatchObject({ code: "unavailable" });
  const served = world.simulator.metrics.countRequests({ route: settingsRoute });
  world.clock.advanceBy(seconds(10));
  expect(await failureOf(probe())).toMatchObject({
    code: "breakerOpen",
    retryable: true,
    retryAfterMs: seconds(20),
  });
  expect(world.simulator.metrics.countRequests({ route: settingsRoute })).toBe(served);
  const event = { tenantId, userObjectId: anna, eventId: "x", signal: patient() };
  expect(await failureOf(world.graph.events.get(event))).toMatchObject({ code: "unavailable" });
  world.simulator.setFaults({});
  world.clock.advanceBy(seconds(20));
  expect(await probe()).toEqual({ userPurpose: "user" });
  expect(await probe()).toEqual({ userPurpose: "user" });
});
