import { hours, minutes, ProviderError, plus, seconds } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { createTokenCache } from "../src/auth/token-cache.ts";
import { createBreakers } from "../src/limits/breakers.ts";
import { createClosures } from "../src/limits/closures.ts";
import { defaultGraphLimits } from "../src/limits/graph-limits.ts";
import { settable } from "./settable-clock.ts";
import { failureOf } from "./world.ts";

const anHour = [-hours(1), hours(1)];

test("a closed scope opens neither early nor an hour late when the clock is set back", () => {
  const clock = settable();
  const closures = createClosures(clock);
  closures.close("tenant", plus(clock.now(), seconds(60)));
  clock.pass(seconds(20));
  clock.jump(-hours(1));
  expect(closures.closedForMs(["tenant"])).toBe(seconds(60));
  clock.pass(seconds(40));
  expect(closures.closedForMs(["tenant"])).toBe(seconds(20));
  // A shorter wait that is asked for meanwhile does not open it.
  closures.close("tenant", plus(clock.now(), seconds(5)));
  expect(closures.closedForMs(["tenant"])).toBe(seconds(20));
  clock.pass(seconds(20));
  expect(closures.closedForMs(["tenant"])).toBe(0);
  clock.jump(hours(1));
  expect(closures.closedForMs(["tenant"])).toBe(0);
});

const place = { tenantId: "a", family: "events", what: "events.get" } as const;
const failing = async (): Promise<never> => {
  throw new ProviderError("down", { code: "unavailable", retryable: true });
};

test.each(anHour)(
  "an open breaker lets its probe through after its reset, though the clock jumps %d ms",
  async (ms) => {
    const clock = settable();
    const breakers = createBreakers(clock, defaultGraphLimits);
    for (let asked = 0; asked < 10; asked++) await failureOf(breakers.run(place, failing));
    clock.jump(ms);
    // Forward, the reset seems to be over; back, it begins again and is not an hour longer.
    const early = await breakers
      .run(place, async () => "through")
      .catch((error: ProviderError) => `${error.code} for ${error.retryAfterMs} ms`);
    expect(early).toBe(ms < 0 ? `breakerOpen for ${defaultGraphLimits.breakerResetMs} ms` : "through");
    clock.pass(defaultGraphLimits.breakerResetMs);
    expect(await breakers.run(place, async () => "through")).toBe("through");
    breakers.close();
  },
);

test("a breaker's window goes on when the clock is set back: failures still open it", async () => {
  const clock = settable();
  const breakers = createBreakers(clock, defaultGraphLimits);
  for (let asked = 0; asked < 5; asked++) await failureOf(breakers.run(place, failing));
  clock.jump(-hours(1));
  for (let asked = 0; asked < 5; asked++) await failureOf(breakers.run(place, failing));
  expect(await failureOf(breakers.run(place, failing))).toMatchObject({ code: "breakerOpen" });
  breakers.close();
});

test("a token is renewed once after a jump forward, and after a jump back as soon as Graph refuses it", async () => {
  const clock = settable();
  let issued = 0;
  const cache = createTokenCache({
    scheduler: { ...clock, at: () => () => undefined },
    limits: { tenantsMax: 10, tokenRefreshBeforeMs: minutes(5), refusedCertificateMs: minutes(1) },
    issue: async () => ({ value: `token-${++issued}`, lifetimeMs: hours(1) }),
  });
  const request = { tenantId: "a", signal: new AbortController().signal };
  expect(await cache.get(request)).toBe("token-1");
  clock.jump(hours(1));
  expect([await cache.get(request), await cache.get(request)]).toEqual(["token-2", "token-2"]);
  clock.jump(-hours(1));
  clock.pass(hours(1));
  // By our clock it has an hour left; Graph knows better, and every caller gets the same new one.
  expect(await cache.get(request)).toBe("token-2");
  const renewed = await Promise.all([1, 2, 3].map(() => cache.replace(request, "token-2")));
  expect(renewed).toEqual(["token-3", "token-3", "token-3"]);
  expect(await cache.get(request)).toBe("token-3");
});
