import { hours, minutes } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { itemProperty } from "../src/domain/keys.ts";
import { copiesIn, type HistoryShape, tellHistory } from "./history.ts";
import { ArchiveWorld, startAt } from "./world.ts";

const shape: HistoryShape = {
  users: 20,
  rooms: 8,
  messages: 200,
  startAt: startAt - hours(20),
  spanMs: hours(24),
  edits: 0.2,
  deletes: 0.1,
  files: 0.1,
  moves: 0.3,
  late: 0.1,
  lateMsMax: minutes(5),
  migrations: 0.5,
};

const long = process.env["HYBRID_LONG"] === "1";
/** Larger than a suite has time for: for those who ask for it. */
const large = process.env["HYBRID_SCALE"] === "1";

const sorted = (keys: Iterable<string>): readonly string[] => [...keys].sort();

test.each(long ? [1, 2, 3] : [1])(
  "seed %i: every version is in every mailbox of those who were there exactly once, whatever fails",
  async (seed) => {
    const world = new ArchiveWorld(seed);
    const size = large ? { users: 100, messages: 1_000, rooms: 30 } : {};
    const history = tellHistory(world, { ...shape, ...size });
    world.webex.rates = { errors: 0.02, emptyPages: 0.1 };
    world.mail.rates = { errors: 0.05, appliedThoughFailed: 0.5 };
    world.crashes = { before: 0.05, after: 0.05 };
    world.command({ pollEveryMs: minutes(15), from: startAt - hours(21) });
    await world.pass(hours(8), minutes(1));
    expect(history.expected.length).toBeGreaterThan(1_000);
    const copies = copiesIn(world, itemProperty);
    expect(sorted(copies.keys())).toEqual(
      sorted(history.expected.map(({ address, eventId }) => `${address} ${eventId}`)),
    );
    expect([...copies.values()].filter((count) => count !== 1)).toEqual([]);
    const days = world.days();
    for (const { available, success, partial, skipped, failed } of days)
      expect(available).toBe(success + partial + skipped + failed);
    expect(days.reduce((sum, { available }) => sum + available, 0)).toBe(history.expected.length);
    expect(days.reduce((sum, { source }) => sum + source, 0)).toBe(history.items);
    expect(world.blobs.kept.size).toBe(0);
  },
  large ? 1_800_000 : 60_000,
);
