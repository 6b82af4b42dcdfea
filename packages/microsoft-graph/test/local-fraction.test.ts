import { minutes, seconds } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { createGcraLimiter, type RateLimiter } from "../src/index.ts";
import { LocalFractionLimiter } from "../src/limits/local-fraction.ts";
import { settable } from "./settable-clock.ts";

/** Limits of the whole fleet in memory, which answer while `up` and hold answers back while `slow`. */
const fleet = (workersMax = 4) => {
  const clock = settable();
  const stand = {
    clock,
    up: true,
    asked: 0,
    outages: [] as unknown[],
    returns: 0,
    /** Ends a request that was held back. */
    hold: null as ((fail: Error) => void) | null,
    holding: false,
    memory: createGcraLimiter(clock),
  };
  const answering = async (): Promise<void> => {
    stand.asked++;
    if (stand.holding)
      await new Promise((_, reject) => {
        stand.hold = reject;
      });
    if (!stand.up) throw new Error("down");
  };
  const limiter = new LocalFractionLimiter({
    shared: {
      take: async (...question) => {
        await answering();
        return await stand.memory.take(...question);
      },
      closeScope: async (scope, forMs) => {
        await answering();
        stand.memory.closeScope(scope, forMs);
      },
    },
    clock,
    workersMax,
    probeEveryMs: 1_000,
    onOutage: (reason) => stand.outages.push(reason),
    onReturn: () => {
      stand.returns++;
    },
  });
  return { stand, limiter, clock };
};

const bucket = { key: "k", perSecond: 8, burst: 8 };
const settled = () => new Promise((resolve) => setImmediate(resolve));

const givenOf = async (limiter: RateLimiter, times: number): Promise<number> => {
  let given = 0;
  for (let asked = 0; asked < times; asked++) if ((await limiter.take([bucket], 1)).allowed) given++;
  return given;
};

test("without an answer a worker gives its fraction of the rate, from the first refusal on", async () => {
  const { stand, limiter, clock } = fleet();
  stand.up = false;
  // A quarter of eight at once, and a quarter of eight per second.
  expect(await givenOf(limiter, 50)).toBe(2);
  for (let second = 0; second < 10; second++) {
    clock.pass(seconds(1));
    expect(await givenOf(limiter, 20)).toBe(2);
  }
  expect(limiter.state).toBe("local");
  expect(stand.outages).toEqual([new Error("down")]);
});

test("what the fleet's limits gave counts, so that an outage begins with no second burst", async () => {
  const { stand, limiter } = fleet();
  expect(await givenOf(limiter, 20)).toBe(8);
  stand.up = false;
  expect(await givenOf(limiter, 20)).toBe(0);
});

test("a bucket that holds less than one per worker still gives one at a time", async () => {
  const { stand, limiter, clock } = fleet(100);
  stand.up = false;
  expect(await givenOf(limiter, 20)).toBe(1);
  clock.pass(seconds(12));
  expect(await givenOf(limiter, 20)).toBe(0);
  clock.pass(500);
  expect(await givenOf(limiter, 20)).toBe(1);
});

test("a store that is gone is asked once a second, whatever the load, and decides again when it answers", async () => {
  const { stand, limiter, clock } = fleet();
  stand.up = false;
  await givenOf(limiter, 500);
  expect(stand.asked).toBe(1);
  for (let passed = 0; passed < 5; passed++) {
    clock.pass(seconds(1));
    await givenOf(limiter, 100);
    await settled();
  }
  expect(stand.asked).toBe(6);
  stand.up = true;
  clock.pass(seconds(1));
  await givenOf(limiter, 1);
  await settled();
  expect([limiter.state, stand.returns, stand.outages.length]).toEqual(["shared", 1, 1]);
  expect(await givenOf(limiter, 20)).toBe(8);
});

test("a clock that is set back by minutes does not keep the worker from its next try", async () => {
  const { stand, limiter, clock } = fleet();
  stand.up = false;
  await givenOf(limiter, 1);
  stand.up = true;
  clock.jump(-minutes(10));
  await givenOf(limiter, 1);
  await settled();
  expect(limiter.state).toBe("shared");
});

test("an answer that fails after the store has come back says nothing about now", async () => {
  const { stand, limiter } = fleet();
  stand.holding = true;
  const late = limiter.take([bucket], 1);
  const failLate = stand.hold!;
  stand.holding = false;
  stand.up = false;
  await limiter.take([bucket], 1);
  stand.up = true;
  limiter.probe();
  await settled();
  expect(limiter.state).toBe("shared");
  failLate(new Error("late"));
  expect((await late).allowed).toBe(true);
  expect([limiter.state, stand.outages.length]).toEqual(["shared", 1]);
});

test("a scope that was closed meanwhile, or that the store forgot, is told again when it is back", async () => {
  const { stand, limiter, clock } = fleet();
  limiter.closeScope("tenant a", seconds(60));
  await settled();
  expect((await stand.memory.take([], 0, ["tenant a"])).allowed).toBe(false);
  stand.up = false;
  limiter.closeScope("tenant b", seconds(30));
  await settled();
  expect(limiter.state).toBe("local");
  expect(await limiter.take([], 0, ["tenant b"])).toMatchObject({ closedScope: "tenant b" });
  clock.pass(seconds(10));
  stand.memory = createGcraLimiter(clock);
  stand.up = true;
  limiter.probe();
  await settled();
  expect(await stand.memory.take([], 0, ["tenant a"])).toMatchObject({ retryAfterMs: seconds(50) });
  expect(await stand.memory.take([], 0, ["tenant b"])).toMatchObject({ retryAfterMs: seconds(20) });
});
