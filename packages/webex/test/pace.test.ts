import { minutes } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPace } from "../src/http/pace.ts";
import { failureOf } from "./fake-webex.ts";
import { openSimulatedWebex, type SimulatedWebex } from "./simulated-webex.ts";

let world: SimulatedWebex;
beforeEach(async () => {
  world = await openSimulatedWebex();
});
afterEach(async () => await world.close());

test("property: in no minute more leave than may, and who waits as long as was said gets a place", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 300 }),
      (perMinute, pauses) => {
        const clock = new VirtualClock();
        const pace = createPace(clock, perMinute);
        const left: number[] = [];
        for (const pause of pauses) {
          clock.advanceBy(pause);
          const waitMs = pace.take();
          clock.advanceBy(waitMs);
          // Who had no place has one after the wait.
          expect(waitMs === 0 || pace.take() === 0).toBe(true);
          left.push(clock.now());
        }
        for (const at of left)
          expect(left.filter((other) => other >= at && other < at + minutes(1)).length).toBeLessThanOrEqual(
            Math.max(2, perMinute),
          );
      },
    ),
  );
});

test("a client waits a little for its turn; for longer the call ends as throttled, and Webex is not asked", async () => {
  const signal = new AbortController().signal;
  const quick = world.client("nora", { limits: { requestsPerMinuteMax: 120 } });
  for (let count = 0; count < 70; count++) await quick.getMe(signal);
  expect(world.scheduler.waits.filter((ms) => ms > 0 && ms < 2_000).length).toBeGreaterThan(5);
  const slow = world.client("nora", { limits: { requestsPerMinuteMax: 2 } });
  await slow.getMe(signal);
  const asked = world.webex.activity().total;
  expect(await failureOf(slow.getMe(signal))).toMatchObject({ code: "throttled", retryAfterMs: 60_000 });
  expect(world.webex.activity().total).toBe(asked);
});
