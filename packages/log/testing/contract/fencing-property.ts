import fc from "fast-check";
import { expect, test } from "vitest";
import { type CommitReceipt, FencedError, type OwnedPartition } from "../../src/index.ts";
import { batch, drain, join, type LogDriver, restored, stage, text, user } from "./fixture.ts";

type Move =
  | { readonly kind: "fence"; readonly who: 0 | 1; readonly awaited: boolean }
  | {
      readonly kind: "commit";
      readonly who: 0 | 1;
      readonly actors: readonly number[];
      readonly end: boolean;
    }
  | { readonly kind: "settle" };

const who = fc.constantFrom<0 | 1>(0, 1);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("fence" as const), who, awaited: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("commit" as const),
      who,
      actors: fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
      end: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "settle" as const }) },
);

interface Accepted {
  readonly epoch: number;
  readonly receipt: CommitReceipt;
  readonly entries: readonly (readonly [ReturnType<typeof user>, string | null])[];
  readonly number: number;
}

/** Two owners of one partition that fence each other at random points (I1, I2). */
export const fencingProperty = (driver: LogDriver): void => {
  /*
   * Goal: whatever two owners do to each other, the journal is exactly the accepted commits in order, states
   *   and position are those of the last accepted ones, and an owner's commits end at the next epoch.
   * Method: random moves, commits not awaited but at random points; accepted = the commits that resolved.
   */
  test("journal, states and position are those of the accepted commits, in any order of fencing", {
    timeout: 120_000,
  }, async () => {
    const play = fc.asyncProperty(fc.array(move, { maxLength: 40 }), async (moves) => {
      const { log, group, names, destroy } = await stage(driver, 1);
      const player = await join(log, group);
      await player.until((has) => has.has(0));
      const owners: (OwnedPartition | undefined)[] = [undefined, undefined];
      const accepted: Accepted[] = [];
      let running: Promise<unknown>[] = [];
      let number = 0;
      for (const one of moves) {
        if (one.kind === "settle") {
          await Promise.all(running);
          running = [];
          continue;
        }
        if (one.kind === "fence") {
          const fenced = player.membership.fence(0).then((owned) => (owners[one.who] = owned));
          if (one.awaited) await fenced;
          else running.push(fenced);
          continue;
        }
        const owned = owners[one.who];
        if (owned === undefined) continue;
        number++;
        const mine = number;
        const entries = one.actors.map(
          (n) => [user(n), one.end ? null : `${mine} by ${owned.epoch}`] as const,
        );
        const commit = owned.commit(batch(entries, { [names.source]: mine }));
        const noted = commit.then((receipt) =>
          accepted.push({ epoch: owned.epoch, receipt, entries, number: mine }),
        );
        running.push(
          noted.catch((error: unknown) => {
            if (!(error instanceof FencedError)) throw error;
          }),
        );
      }
      await Promise.all(running);
      const journal = await drain(log, group.journal);
      const expected = accepted.flatMap(({ entries }) =>
        entries.map(([key, value]) => [key, value ?? "initial"]),
      );
      expect(journal.map(({ key, value }) => [key, text(value)])).toEqual(expected);
      const epochs = accepted.map(({ epoch }) => epoch);
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
      const latest = new Map(accepted.flatMap(({ entries }) => entries));
      const last = await player.membership.fence(0);
      const states = await restored(last);
      for (const [key, value] of latest) expect(states[key] ?? "initial").toBe(value ?? "initial");
      expect(Object.keys(states).filter((key) => !latest.has(key as ReturnType<typeof user>))).toEqual([]);
      expect(last.position?.sources[names.source]).toBe(accepted.at(-1)?.number);
      await destroy();
    });
    await fc.assert(play, { numRuns: driver.propertyRuns ?? 50 });
  });
};
