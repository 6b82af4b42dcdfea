import { ProviderError } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import { type BreakerPlace, createBreakers, saysServiceFails } from "../src/index.ts";

const limits = {
  breakersMax: 2,
  breakerVolumeMin: 10,
  breakerErrorPercentage: 50,
  breakerWindowMs: 10_000,
  breakerResetMs: 30_000,
};
const failure = new ProviderError("no answer", { code: "unavailable", retryable: true });
const placeOf = (key: string): BreakerPlace => ({
  key,
  subject: `part ${key}`,
  fields: { key },
  what: "GET x",
});

const failTimes = async (breakers: ReturnType<typeof createBreakers>, key: string): Promise<void> => {
  for (let made = 0; made < 11; made++)
    await expect(breakers.run(placeOf(key), async () => await Promise.reject(failure))).rejects.toThrow();
};

test("a breaker opens for its key alone, says how long, and lets one probe through after that", async () => {
  const clock = new VirtualClock();
  const told: unknown[] = [];
  const breakers = createBreakers({ clock, limits, logger: { warn: (fields) => told.push(fields) } });
  await failTimes(breakers, "a");
  expect(told).toEqual([{ key: "a", resetMs: 30_000 }]);
  const refused = await breakers.run(placeOf("a"), async () => 1).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "breakerOpen", retryable: true, retryAfterMs: 30_000 });
  expect(String(refused)).toContain("most recent requests to part a failed");
  expect(await breakers.run(placeOf("b"), async () => 2)).toBe(2);
  clock.advanceBy(30_000);
  expect(await breakers.run(placeOf("a"), async () => 3)).toBe(3);
  breakers.close();
});

test("the number of breakers is limited: the one not used for longest is forgotten", async () => {
  const breakers = createBreakers({ clock: new VirtualClock(), limits });
  await failTimes(breakers, "a");
  await breakers.run(placeOf("b"), async () => 1);
  await breakers.run(placeOf("c"), async () => 1);
  expect(await breakers.run(placeOf("a"), async () => 2)).toBe(2);
  breakers.close();
});

test("what the caller does not count never opens a breaker", async () => {
  const counts = (error: unknown): boolean => saysServiceFails(error) && error !== failure;
  const breakers = createBreakers({ clock: new VirtualClock(), limits, counts });
  await failTimes(breakers, "a");
  expect(await breakers.run(placeOf("a"), async () => 1)).toBe(1);
  breakers.close();
});
