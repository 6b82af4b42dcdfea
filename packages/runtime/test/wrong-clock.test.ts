import {
  type Cancel,
  days,
  type EpochMs,
  hours,
  minutes,
  plus,
  type Scheduler,
  seconds,
} from "@hybrid/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runService } from "../src/index.ts";
import { foldJournal, passTime, readJournal } from "../testing/index.ts";
import { topology } from "./ledger.ts";
import { neighbours, partitions, Workbench } from "./workbench.ts";

let bench: Workbench;

beforeEach(async () => {
  bench = await Workbench.open();
});

afterEach(() => bench.close());

const { a, b } = neighbours();

/** A worker's own clock: the log's, off by some milliseconds that may change. */
class OwnClock implements Scheduler {
  aheadMs: number;

  constructor(aheadMs: number) {
    this.aheadMs = aheadMs;
  }

  now(): EpochMs {
    return plus(bench.clock.now(), this.aheadMs);
  }

  at(dueAt: EpochMs, run: () => void): Cancel {
    return bench.clock.at(plus(dueAt, -this.aheadMs), run);
  }
}

const pass = (ms: number): Promise<void> =>
  passTime(bench.clock, plus(bench.clock.now(), ms), [...bench.running]);

const journalAt = async (): Promise<readonly number[]> =>
  (await readJournal(bench.log, "ledger", partitions)).map(({ at }) => at);

const expectSoundJournal = async (): Promise<void> => {
  expect(foldJournal(topology, await readJournal(bench.log, "ledger", partitions)).faults).toEqual([]);
};

test.each([days(365), -days(365), minutes(2), -minutes(2)])(
  "a worker whose clock is off by %d ms runs nothing and says why, until it is right",
  async (aheadMs) => {
    const scheduler = new OwnClock(aheadMs);
    const service = await runService(bench.options({ scheduler }));
    bench.running.add(service);
    await bench.publish(a, { kind: "add", id: "1", n: 1 });
    await pass(minutes(20));
    expect(service.partitionsOwned()).toEqual([]);
    const side = aheadMs > 0 ? "ahead of" : "behind";
    for (const status of service.status())
      expect(status).toMatchObject({
        state: "fencing",
        dead: false,
        circling: false,
        reason: expect.stringMatching(
          new RegExp(`this machine's clock is .* ${side} the log's.*set the clock`),
        ),
      });
    expect(await journalAt()).toEqual([]);
    scheduler.aheadMs = 0;
    await pass(days(366));
    expect((await service.stateOf(a))?.state.applied).toEqual(["1"]);
  },
);

test.each([seconds(59), -seconds(59)])("a clock that is off by %d ms is right enough", async (aheadMs) => {
  const service = await bench.start({ scheduler: new OwnClock(aheadMs) });
  await bench.publish(a, { kind: "arm", id: "1", name: "retry", inMs: minutes(5) });
  await bench.settle();
  await service.stop();
  bench.running.clear();
  const heir = await bench.start({ scheduler: new OwnClock(-aheadMs) });
  await pass(minutes(8));
  expect((await heir.stateOf(a))?.state.applied).toEqual(["1", "retry-fired"]);
  await expectSoundJournal();
});

test.each([days(365), -hours(3), minutes(10)])(
  "a clock that jumps by %d ms while its worker runs commits nothing under the wrong time",
  async (jumpMs) => {
    const scheduler = new OwnClock(0);
    const service = await bench.start({ scheduler });
    await bench.publish(a, { kind: "arm", id: "1", name: "retry", inMs: hours(24) });
    await bench.settle();
    scheduler.aheadMs = jumpMs;
    await bench.publish(a, { kind: "add", id: "2", n: 1 });
    await bench.settle();
    await pass(minutes(1));
    expect((await journalAt()).every((at) => at <= bench.clock.now())).toBe(true);
    expect(await journalAt()).toHaveLength(1);
    scheduler.aheadMs = 0;
    await pass(hours(1));
    expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2"]);
    await pass(hours(24));
    expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2", "retry-fired"]);
    await expectSoundJournal();
  },
);

test("a journal whose time lies a year ahead is put right by its next owner, and timers fire again", async () => {
  // The machine's clock is the embedded log's too, so that nobody could have known better.
  const now = bench.clock.now();
  bench.clock.jumpTo(plus(now, days(365)));
  const wrong = await bench.start();
  await bench.publish(b, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  await wrong.stop();
  bench.running.clear();
  bench.clock.jumpTo(now);
  const right = await bench.start();
  await bench.publish(a, { kind: "arm", id: "2", name: "retry", inMs: hours(1) });
  await bench.settle();
  await pass(hours(1));
  expect((await right.stateOf(a))?.state.applied).toEqual(["2", "retry-fired"]);
  expect((await right.stateOf(b))?.state.applied).toEqual(["1"]);
  const ats = await journalAt();
  expect(ats.slice(1).every((at) => at <= plus(now, hours(1)))).toBe(true);
  await expectSoundJournal();
  await bench.restart();
  expect(await journalAt()).toEqual(ats);
});

test("a clock that is set back under a running worker is followed, with a record that says so", async () => {
  const service = await bench.start();
  await bench.publish(a, { kind: "add", id: "1", n: 1 });
  await bench.settle();
  bench.clock.jumpTo(plus(bench.clock.now(), -hours(2)));
  await bench.publish(a, { kind: "arm", id: "2", name: "retry", inMs: minutes(10) });
  await pass(minutes(11));
  expect((await service.stateOf(a))?.state.applied).toEqual(["1", "2", "retry-fired"]);
  await expectSoundJournal();
});
