import { checkpointTopic } from "@hybrid/contracts";
import { type ActorId, days, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import type { RestoredRecord } from "@hybrid/log";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { defaultLimits, runService, runtimeMetrics, seededRandom } from "../src/index.ts";
import { settle } from "../testing/index.ts";
import { catalog, topology } from "./ledger.ts";
import { memoryLog } from "./memory-log.ts";
import { MemoryLogger } from "./workbench.ts";

const crowd = process.env["HYBRID_LONG"] === "1" ? 100_000 : 20_000;
const checkpoint = checkpointTopic("ledger");

test("a crowd of overdue timers come at the permitted rate, in batches, and nothing piles up", async () => {
  // Goal: bounded release. Method: a partition is restored a day late; virtual time passes second by second,
  // and in none of them more timers fire than the rate and its burst allow.
  const clock = new VirtualClock();
  const metrics = runtimeMetrics(new Registry());
  const encode = (n: number): RestoredRecord => {
    const timers = [{ name: "retry", dueAt: plus(clock.now(), n) }];
    const state = JSON.stringify({ total: 0, applied: [], timers });
    const rest = { pending: [], suppressed: [], parked: null };
    const value = checkpoint.encode({ seq: 1, at: clock.now(), stateVersion: 1, state, ...rest });
    return { origin: "checkpoint", key: `acme/u-${n}` as ActorId, value };
  };
  const { log, commits } = memoryLog(
    Array.from({ length: crowd }, (_, n) => encode(n)),
    clock,
  );
  clock.advanceBy(days(1));
  const service = await runService({
    topology,
    handlers: { fetch: () => Promise.reject(new Error("nobody calls")) },
    log,
    topics: catalog,
    partitions: 1,
    scheduler: clock,
    random: seededRandom(1),
    logger: new MemoryLogger(),
    metrics,
    limits: { timersPerSecondMax: 5_000 },
    deadlineTimer: () => () => undefined,
  });
  await service.ready();
  await settle([service]);
  const startedAt = clock.now();
  let fired = service.activity().steps;
  expect(fired).toBe(defaultLimits.timersPerBatchMax);
  while (fired < crowd) {
    const next = clock.nextDueAt();
    if (next === null) throw new Error(`only ${fired} timers fired`);
    clock.advanceTo(next);
    await settle([service], { turnsMax: 2_000 });
    fired = service.activity().steps;
    const allowed = defaultLimits.timersPerBatchMax + ((clock.now() - startedAt) * 5_000) / 1_000;
    expect(fired).toBeLessThanOrEqual(Math.ceil(allowed));
  }
  expect(fired).toBe(crowd);
  expect(service.activity().nextTimerAt).toBeNull();
  expect(Math.max(...commits.map(({ batch }) => batch.journal.length))).toBeLessThanOrEqual(
    defaultLimits.timersPerBatchMax,
  );
  await service.stop();
}, 60_000);
