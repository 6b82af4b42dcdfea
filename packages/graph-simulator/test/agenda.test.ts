import fc from "fast-check";
import { expect, test } from "vitest";
import { Agenda } from "../src/agenda.ts";
import { noon, TestClock } from "./world.ts";

test("entries run once and in order, cancelled ones never, and the next due time is known", () => {
  const entry = fc.record({ afterMs: fc.nat(100), cancelled: fc.boolean() });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const clock = new TestClock();
      const agenda = new Agenda(clock);
      const ran: number[] = [];
      for (const { afterMs, cancelled } of entries) {
        const cancel = agenda.at(noon + afterMs, () => ran.push(clock.now() - noon));
        if (cancelled) cancel();
      }
      const expected = entries
        .filter(({ cancelled }) => !cancelled)
        .map(({ afterMs }) => afterMs)
        .sort((a, b) => a - b);
      expect(agenda.nextDueAt()).toBe(expected.length === 0 ? null : noon + expected[0]!);
      clock.advance(200);
      expect(ran).toEqual(expected);
      expect(agenda.nextDueAt()).toBeNull();
    }),
  );
});

test("nothing runs after stop", () => {
  const clock = new TestClock();
  const agenda = new Agenda(clock);
  const ran: string[] = [];
  agenda.at(noon + 1, () => ran.push("early"));
  agenda.stop();
  agenda.at(noon + 2, () => ran.push("late"));
  clock.advance(10);
  expect(ran).toEqual([]);
});
