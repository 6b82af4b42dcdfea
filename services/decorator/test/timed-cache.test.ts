import { hours, plus } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { TimedCache } from "../src/adapters/timed-cache.ts";
import { SetClock } from "./fake-mailbox.ts";

const setUp = (entriesMax: number) => {
  const clock = new SetClock();
  const cache = new TimedCache<string>(clock, { keepMs: 100, entriesMax });
  const asked: string[] = [];
  const get = (key: string) => cache.get(key, async () => (asked.push(key), `value of ${key}`));
  return { clock, asked, get };
};

test("asks once while the answer is fresh", async () => {
  const { clock, asked, get } = setUp(10);
  expect(await get("a")).toBe("value of a");
  clock.at = plus(clock.at, 99);
  expect(await get("a")).toBe("value of a");
  clock.at = plus(clock.at, 1);
  await get("a");
  expect(asked).toEqual(["a", "a"]);
});

test("the entry used longest ago makes room", async () => {
  const { asked, get } = setUp(2);
  for (const key of ["a", "b", "a", "c", "a", "b"]) await get(key);
  expect(asked).toEqual(["a", "b", "c", "b"]);
});

test.each([-hours(1), hours(1)])("a clock that jumps by %d ms makes it ask again, once", async (jumpMs) => {
  const { clock, asked, get } = setUp(10);
  await get("a");
  clock.at = plus(clock.at, jumpMs);
  expect(await get("a")).toBe("value of a");
  await get("a");
  expect(asked).toEqual(["a", "a"]);
});
