import { days, instant, minutes, plus, seconds } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import { afterInFull } from "../src/patience.ts";

const started = () => {
  const clock = new VirtualClock();
  const real = new Set<() => void>();
  let isOver = false;
  const cancel = afterInFull(
    {
      scheduler: clock,
      deadlineTimer: (_ms, run) => {
        real.add(run);
        return () => real.delete(run);
      },
    },
    seconds(30),
    () => {
      isOver = true;
    },
  );
  /** A second of real time passes: every step is one. */
  const passSecond = (): void => {
    for (const run of Array.from(real)) run();
  };
  return { clock, cancel, passSecond, isOver: () => isOver };
};

test("a wait in full ends when its time has passed by the clock", () => {
  const { clock, isOver } = started();
  clock.advanceBy(seconds(30) - 1);
  expect(isOver()).toBe(false);
  clock.advanceBy(1);
  expect(isOver()).toBe(true);
});

test("a clock that jumps forward a year cuts a second of it short, no more", () => {
  const { clock, passSecond, isOver } = started();
  clock.jumpTo(plus(clock.now(), days(365)));
  clock.advanceBy(0);
  for (let second = 0; second < 28; second++) passSecond();
  expect(isOver()).toBe(false);
  passSecond();
  expect(isOver()).toBe(true);
});

test("a clock that is set back or stands still does not lengthen it", () => {
  const { clock, passSecond, isOver } = started();
  clock.jumpTo(instant(clock.now() - minutes(60)));
  for (let second = 0; second < 29; second++) passSecond();
  expect(isOver()).toBe(false);
  passSecond();
  expect(isOver()).toBe(true);
});

test("a wait that is called off never ends", () => {
  const { clock, cancel, isOver } = started();
  clock.advanceBy(seconds(10));
  cancel();
  clock.advanceBy(minutes(10));
  expect(isOver()).toBe(false);
});
