import { callDeadlineMsMax, hours, plus } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DeadlineTimer } from "../src/index.ts";
import { failingLog } from "./failing-log.ts";
import { leaveOneBehind, repeating } from "./left-behind.ts";
import { neighbours, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a } = neighbours();

/** Real time that passes only when the test says so. */
class RealTime {
  readonly #waiting = new Set<{ readonly ms: number; readonly run: () => void }>();

  readonly timer: DeadlineTimer = (ms, run) => {
    const wait = { ms, run };
    this.#waiting.add(wait);
    return () => this.#waiting.delete(wait);
  };

  /** Lets everything fall due that waits for at most this time. */
  pass(ms: number): void {
    for (const wait of Array.from(this.#waiting)) if (wait.ms <= ms && this.#waiting.delete(wait)) wait.run();
  }
}

const setBack = (): void => bench.clock.jumpTo(plus(bench.clock.now(), -hours(1)));

test("a pause before a partition is fenced again lasts no hour because the clock was set back by one", async () => {
  const real = new RealTime();
  let fails = true;
  const log = failingLog(bench.log, () => fails);
  const service = await bench.start({ log, deadlineTimer: real.timer });
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  expect(service.partitionsOwned().length).toBeLessThan(4);
  fails = false;
  setBack();
  real.pass(1_000);
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
});

test("calls that wait for a fresh heartbeat do not wait an hour because the clock was set back by one", async () => {
  const real = new RealTime();
  let ageMs = hours(1);
  const log = {
    ...bench.log,
    join: async (...given: Parameters<typeof bench.log.join>) => ({
      ...(await bench.log.join(...given)),
      lastHeartbeatAt: () => plus(bench.clock.now(), -ageMs),
    }),
  };
  const service = await bench.start({ log, deadlineTimer: real.timer });
  await bench.publish(a, { kind: "fetch", id: "1" });
  await bench.settle();
  expect(bench.world.requests).toEqual([]);
  ageMs = 0;
  setBack();
  real.pass(1_000);
  await bench.settle();
  // Its outcome meets a journal whose time lies ahead now: the partition is fenced again, and corrects it.
  real.pass(1_000);
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "1-ok"]);
});

test("the wait after a takeover lasts no hour because the clock was set back by one", async () => {
  const real = new RealTime();
  await leaveOneBehind(bench, repeating("checkBeforeWrite"));
  const second = await bench.start({ ...repeating("checkBeforeWrite"), deadlineTimer: real.timer });
  await bench.settle();
  expect(second.activity().callsHeld).toBe(1);
  const made = bench.world.requests.length;
  setBack();
  for (let passed = 1_000; passed < callDeadlineMsMax; passed += 1_000) real.pass(1_000);
  await bench.settle();
  expect(second.activity().callsHeld).toBe(1);
  real.pass(1_000);
  await bench.settle();
  expect(bench.world.requests).toHaveLength(made + 1);
  // Its outcome meets a journal whose time lies ahead now: the partition is fenced again, corrects it, and
  // repeats the call once it is sure again that nobody else's is on its way.
  for (let passed = 0; passed <= callDeadlineMsMax; passed += 1_000) {
    real.pass(1_000);
    await bench.settle();
  }
  expect((await second.stateOf(a))?.state.applied).toEqual(["1", "1-ok"]);
});
