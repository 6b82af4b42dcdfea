import { callDeadlineMsMax, plus, seconds } from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { passTime } from "../testing/index.ts";
import { failingLog } from "./failing-log.ts";
import { leaveOneBehind, repeating } from "./left-behind.ts";
import { neighbours, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b } = neighbours();

test("after a takeover a call that only checks before it writes waits out the hard deadline", async () => {
  await leaveOneBehind(bench, repeating("checkBeforeWrite"));
  const second = await bench.start(repeating("checkBeforeWrite"));
  await bench.settle();
  const opensAt = plus(bench.clock.now(), callDeadlineMsMax);
  expect(second.activity()).toMatchObject({ busy: false, callsHeld: 1, nextTimerAt: opensAt });
  await bench.publish(b, { kind: "fetch", id: "new" });
  await bench.settle();
  expect(bench.world.requests.map(({ id }) => id)).toEqual(["1", "new"]);
  await passTime(bench.clock, plus(opensAt, -1), [second]);
  expect(bench.world.requests).toHaveLength(2);
  await passTime(bench.clock, opensAt, [second]);
  expect(bench.world.requests.map(({ id }) => id)).toEqual(["1", "new", "1"]);
  expect((await second.stateOf(a))?.state.applied).toEqual(["1", "1-ok"]);
  expect(second.activity()).toMatchObject({ callsHeld: 0, nextTimerAt: null });
});

test.each(["idempotencyKey", "mayRepeat"] as const)(
  "after a takeover a call that is safe by %s starts at once",
  async (repeat) => {
    await leaveOneBehind(bench, repeating(repeat));
    await bench.start(repeating(repeat));
    await bench.settle();
    expect(bench.world.requests.map(({ id }) => id)).toEqual(["1", "1"]);
  },
);

test("a pause that is lifted does not cut the wait short, and the wait does not lift a pause", async () => {
  await leaveOneBehind(bench, repeating("checkBeforeWrite"));
  const second = await bench.start(repeating("checkBeforeWrite"));
  const opensAt = plus(bench.clock.now(), callDeadlineMsMax);
  await bench.order({ kind: "pauseCalls", org: null, callKind: null });
  await bench.order({ kind: "resumeCalls", org: null, callKind: null });
  await passTime(bench.clock, plus(opensAt, -1), [second]);
  expect(bench.world.requests).toHaveLength(1);
  await bench.order({ kind: "pauseCalls", org: null, callKind: null });
  await passTime(bench.clock, plus(opensAt, seconds(60)), [second]);
  expect(bench.world.requests).toHaveLength(1);
  expect(second.activity().callsHeld).toBe(1);
  await bench.order({ kind: "resumeCalls", org: null, callKind: null });
  await bench.settle();
  expect(bench.world.requests).toHaveLength(2);
});

test("a process that fences its own partition again has no former owner to wait for", async () => {
  let failNext = false;
  const log = failingLog(bench.log, () => failNext);
  bench.world.answer = async () => {
    // The outcome meets a log that refuses it.
    failNext = true;
    return "ok";
  };
  const service = await bench.start({ ...repeating("checkBeforeWrite"), log });
  await bench.publish(a, { kind: "fetch", id: "1" });
  await bench.settle();
  bench.world.answer = async () => "again";
  failNext = false;
  bench.clock.advanceBy(seconds(1));
  await bench.settle();
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "1-again"]);
});
