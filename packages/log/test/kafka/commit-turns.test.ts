import { expect, test } from "vitest";
import { CommitTurns, type EndTurn, type TurnClock } from "../../src/kafka/partition/commit-turns.ts";

/** Time that passes from one event to the next, and what it runs. */
class EventClock implements TurnClock {
  #now = 0;
  readonly #events: { readonly at: number; readonly run: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const event = { at: this.#now + ms, run };
    this.#events.push(event);
    return () => {
      const index = this.#events.indexOf(event);
      if (index >= 0) this.#events.splice(index, 1);
    };
  }

  /** Runs events in their order until `end`. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      // What waits for promises comes before the next event.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      this.#events.sort((a, b) => a.at - b.at);
      const next = this.#events[0];
      if (!next || next.at > end) break;
      this.#events.shift();
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}

/** Partitions that commit one after the other for ever; `took` says how long beside a number of others. */
const partitionsAtWork = (
  clock: EventClock,
  turns: CommitTurns,
  { count, took }: { readonly count: number; readonly took: (running: number, n: number) => number },
) => {
  const seen = { commits: 0, running: 0, runningMax: 0, waitedMs: 0 };
  const work = async (): Promise<void> => {
    for (;;) {
      const askedAt = clock.now();
      const end = await turns.take();
      seen.waitedMs += clock.now() - askedAt;
      seen.running += 1;
      seen.runningMax = Math.max(seen.runningMax, seen.running);
      const ms = took(seen.running, seen.commits);
      await new Promise<void>((resolve) => void clock.after(ms, resolve));
      seen.running -= 1;
      seen.commits += 1;
      end();
    }
  };
  for (let partition = 0; partition < count; partition++) void work();
  return seen;
};

/** Between 0.75 and 1.25, the same at every run. */
const wobble = (n: number): number => 0.75 + ((n * 7_919) % 101) / 202;

test("where commits slow each other down, few run at a time", async () => {
  const clock = new EventClock();
  const turns = new CommitTurns(clock);
  // A machine that gets no more done than two commits at a time.
  const took = (running: number, n: number): number => 2 * Math.max(1, running / 2) * wobble(n);
  partitionsAtWork(clock, turns, { count: 8, took });
  const limits: number[] = [];
  for (let second = 1; second <= 20; second++) {
    await clock.runUntil(second * 1_000);
    limits.push(turns.limit);
  }
  expect(Math.max(...limits.slice(2))).toBeLessThanOrEqual(4);
});

test("where commits do not hinder each other, soon nobody waits", async () => {
  const clock = new EventClock();
  const turns = new CommitTurns(clock);
  const seen = partitionsAtWork(clock, turns, { count: 24, took: (_running, n) => 12 * wobble(n) });
  await clock.runUntil(10_000);
  const before = { ...seen };
  await clock.runUntil(20_000);
  expect(seen.runningMax).toBe(24);
  expect((seen.waitedMs - before.waitedMs) / (seen.commits - before.commits)).toBeLessThan(1);
});

test("when brokers get slower for everybody, the limit comes back after a while", async () => {
  const clock = new EventClock();
  const turns = new CommitTurns(clock);
  let factor = 1;
  partitionsAtWork(clock, turns, { count: 12, took: (_running, n) => factor * 4 * wobble(n) });
  await clock.runUntil(5_000);
  factor = 4;
  await clock.runUntil(90_000);
  expect(turns.limit).toBeGreaterThan(8);
});

test.each([
  ["from the start", 60],
  ["all of a sudden", 3],
])("commits longer than anybody waits, %s, are seldom held up, and then not for long", async (_, firstMs) => {
  const clock = new EventClock();
  const turns = new CommitTurns(clock);
  let ms = firstMs;
  const seen = partitionsAtWork(clock, turns, { count: 24, took: (_running, n) => ms * wobble(n) });
  await clock.runUntil(20_000);
  ms = 60;
  await clock.runUntil(80_000);
  const before = { ...seen };
  let heldUpMs = 0;
  for (let now = 80_000; now < 180_000; now += 100) {
    await clock.runUntil(now);
    if (turns.limit < 24) heldUpMs += 100;
  }
  // The pace of few commits is learned again three times meanwhile.
  expect(heldUpMs).toBeLessThan(3_000);
  expect((seen.waitedMs - before.waitedMs) / (seen.commits - before.commits)).toBeLessThan(3);
});

test("a commit that has waited 25 ms goes, though none has ended", async () => {
  const clock = new EventClock();
  const turns = new CommitTurns(clock);
  const taken: string[] = [];
  for (const name of ["a", "b", "c", "d"]) void turns.take().then(() => taken.push(name));
  await clock.runUntil(24);
  expect(taken).toEqual(["a", "b"]);
  await clock.runUntil(25);
  expect(taken).toEqual(["a", "b", "c", "d"]);
});

test("turns are given in the order of asking, one for each that ends, and ending twice counts once", async () => {
  const clock = new EventClock();
  const turns = new CommitTurns(clock);
  const ends: EndTurn[] = [];
  const taken: number[] = [];
  for (const n of [0, 1, 2, 3, 4])
    void (async () => {
      ends.push(await turns.take());
      taken.push(n);
    })();
  await clock.runUntil(1);
  expect(taken).toEqual([0, 1]);
  ends[1]?.();
  ends[1]?.();
  await clock.runUntil(2);
  expect(taken).toEqual([0, 1, 2]);
  ends[0]?.();
  ends[2]?.();
  await clock.runUntil(3);
  expect(taken).toEqual([0, 1, 2, 3, 4]);
});
