import { ConfigError } from "@hybrid/kernel";
import { type Log, LogUnavailableError } from "@hybrid/log";
import { expect, test } from "vitest";
import { createLateLog } from "../src/late-log.ts";
import { openPatiently } from "../src/open-patiently.ts";

const quiet = { info: () => undefined, warn: () => undefined };

test("a log that comes later refuses with the reason until it is there, and is then that log", async () => {
  const late = createLateLog();
  late.waits("no broker answers");
  expect(late.missing()).toBe("no broker answers");
  await expect(late.append([])).rejects.toThrow(LogUnavailableError);
  await expect(late.topics()).rejects.toThrow("no broker answers");
  const appended: unknown[] = [];
  late.arrives({
    append: async (records: unknown) => void appended.push(records),
    topics: async () => [],
  } as unknown as Log);
  await late.append([]);
  expect([late.missing(), appended, await late.topics()]).toEqual([null, [[]], []]);
});

test("what is away is tried again with growing waits, and each reason is told once", async () => {
  const reasons = ["a", "a", "b", "b", "b", "b", "b", "b"];
  const [waits, pauses, told]: [string[], number[], string[]] = [[], [], []];
  const opened = await openPatiently(
    async () => {
      const reason = reasons.shift();
      if (reason !== undefined) throw new LogUnavailableError(reason);
      return "log";
    },
    {
      logger: {
        warn: (fields) => void told.push((fields as { reason: string }).reason),
        info: (_fields, message) => void told.push(message),
      },
      waits: (reason) => void waits.push(reason),
      pause: async (ms) => void pauses.push(ms),
    },
  );
  expect(opened).toBe("log");
  expect(waits).toHaveLength(8);
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  expect(told).toEqual(["a", "b", "the log answers"]);
});

test("what waiting cannot mend is told at once, and an end of the process ends the wait", async () => {
  const refused = new ConfigError("a log on Kafka cannot be opened", ["wrong password"]);
  const waiting = { logger: quiet, waits: () => undefined };
  await expect(openPatiently(() => Promise.reject(refused), waiting)).rejects.toBe(refused);
  const ending = new AbortController();
  const away = openPatiently(() => Promise.reject(new LogUnavailableError("away")), {
    ...waiting,
    signal: ending.signal,
  });
  ending.abort(new Error("stopping"));
  await expect(away).rejects.toThrow();
});
