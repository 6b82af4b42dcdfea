import { type EpochMs, hours, minutes, plus } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Replies } from "../src/domain/windows.ts";
import { objectIdOf, personIdOf, World } from "./world.ts";

const seed = Number(process.env["HYBRID_SEED"] ?? 19);

type Act =
  | {
      readonly kind: "set";
      readonly shape: "always" | "off" | "scheduled";
      readonly from: number;
      readonly length: number;
    }
  | { readonly kind: "event"; readonly from: number; readonly length: number }
  | { readonly kind: "break"; readonly length: number }
  | { readonly kind: "look" };

const span = { from: fc.integer({ min: -60, max: 180 }), length: fc.integer({ min: 5, max: 300 }) };
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant("set" as const),
    shape: fc.constantFrom("always", "off", "scheduled"),
    ...span,
  }),
  fc.record({ kind: fc.constant("event" as const), ...span }),
  fc.record({ kind: fc.constant("break" as const), length: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constant("look" as const) }),
) as fc.Arbitrary<Act>;

const play = fc.array(fc.record({ act, thenMinutes: fc.integer({ min: 1, max: 120 }) }), {
  minLength: 1,
  maxLength: 15,
});

const apply = (world: World, given: Act): void => {
  const { now } = world;
  const id = objectIdOf(1);
  switch (given.kind) {
    case "set": {
      const from = plus(now, minutes(given.from));
      const until = plus(from, minutes(given.length));
      const replies: Replies =
        given.shape === "scheduled" ? { kind: "scheduled", from, until } : { kind: given.shape };
      world.replies.set(id, replies);
      break;
    }
    case "event": {
      const from = plus(now, minutes(given.from));
      world.events.set(id, [
        ...(world.events.get(id) ?? []),
        { from, until: plus(from, minutes(given.length)) },
      ]);
      world.calendarChanges(1);
      break;
    }
    case "break":
      world.isDown = true;
      world.pass(minutes(given.length), 5_000);
      world.isDown = false;
      break;
    default:
      world.look(1);
  }
};

/** What the mailbox says now, by a model that knows no groups, stretches or times to live. */
const isAway = (world: World): boolean => {
  const replies = world.replies.get(objectIdOf(1)) ?? { kind: "off" };
  const holds = ({ from, until }: { from: EpochMs; until: EpochMs }) =>
    from <= world.now && until > world.now;
  return (
    replies.kind === "always" ||
    (replies.kind === "scheduled" && holds(replies)) ||
    (world.events.get(objectIdOf(1)) ?? []).some(holds)
  );
};

/** Each episode is told, then cleared by one record, before the next one begins; nothing outlives its end. */
const faultsIn = (told: ReturnType<World["told"]>): readonly string[] => {
  const faults: string[] = [];
  let open: number | null = null;
  for (const { status, episode, until, expiresAt } of told) {
    if (status === "none" && open !== episode) faults.push(`${episode} is cleared while ${open} is open`);
    if (status === "outOfOffice" && open !== null && open !== episode)
      faults.push(`${episode} begins while ${open} is open`);
    if (until !== null && Number(expiresAt) > until) faults.push(`${episode} lasts beyond its end`);
    open = status === "none" ? null : episode;
  }
  return faults;
};

test("whatever people do: after twenty quiet minutes everybody sees what the mailbox says, each absence once", () => {
  fc.assert(
    fc.property(play, (acts) => {
      const world = new World({ eventsCount: true });
      world.person(1);
      world.status(1, "active");
      world.pass(minutes(1));
      for (const { act: given, thenMinutes } of acts) {
        apply(world, given);
        world.pass(minutes(thenMinutes), 5_000);
      }
      world.pass(minutes(20), 5_000);
      const told = world.told(1);
      expect(world.shown(1)).toBe(isAway(world) ? "outOfOffice" : "none");
      expect(world.webex.has(personIdOf(1))).toBe(isAway(world));
      expect(faultsIn(told)).toEqual([]);
      const numbers = [...new Set(told.map(({ episode }) => episode))];
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }),
    { seed, numRuns: 60 },
  );
});

test("a reader is never shown somebody whose last word is void", () => {
  const world = new World();
  world.person(1);
  world.status(1, "active");
  world.replies.set(objectIdOf(1), { kind: "always" });
  world.pass(minutes(20));
  const shown: string[] = [];
  for (let minute = 0; minute < hours(6) / minutes(1); minute++) {
    world.pass(minutes(1), 60_000);
    shown.push(world.shown(1));
  }
  expect(new Set(shown)).toEqual(new Set(["outOfOffice"]));
});
