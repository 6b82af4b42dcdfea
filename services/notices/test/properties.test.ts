import type { UserConsent, UserState, UserStatus } from "@hybrid/contracts";
import { days, type EpochMs, hours, plus } from "@hybrid/kernel";
import fc from "fast-check";
import { expect, test } from "vitest";
import { everything, type Mail, World } from "./world.ts";

const seed = Number(process.env["HYBRID_SEED"] ?? 18);

/*
 * The model beside it is a list of what happened: it knows which occasions there were, and counts what
 * arrived for each. It knows nothing of timers, tries or orders.
 */

type Act =
  | {
      readonly kind: "status";
      readonly to: UserState;
      readonly reason: string | null;
      readonly skewMs: number;
    }
  | { readonly kind: "consent" }
  | { readonly kind: "repeat"; readonly share: number }
  | { readonly kind: "trouble"; readonly ending: "deferred" | "down" | "refused" | "taken" }
  | { readonly kind: "hold"; readonly holds: boolean }
  | { readonly kind: "remove" };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("status" as const),
      to: fc.constantFrom<UserState>("active", "active", "error", "disabled", "notActivated"),
      reason: fc.constantFrom(null, "userConsentExpired", "mailboxMissing", "userConsentRevoked"),
      // Who says it has a clock of its own, up to a minute off.
      skewMs: fc.integer({ min: -60_000, max: 60_000 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("consent" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("repeat" as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("trouble" as const),
      ending: fc.constantFrom("deferred", "down", "refused", "taken"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("hold" as const), holds: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const) }) },
) as fc.Arbitrary<Act>;

const play = fc.array(fc.record({ act, thenHours: fc.integer({ min: 0, max: 240 }) }), {
  minLength: 1,
  maxLength: 14,
});

/** What was said to the service, which may be said again, and the lives that the user had. */
class Said {
  readonly statuses: UserStatus[] = [];
  readonly consents: UserConsent[] = [];
  /** When the user was put in and removed. */
  lives = 1;
  to: UserState = "notActivated";
  #at = 0;

  status(world: World, to: UserState, reason: string | null, skewMs: number): void {
    // One who says it never goes back in time.
    this.#at = Math.max(this.#at + 1, world.now + skewMs);
    this.statuses.push(world.status({ from: this.to, to, reason, at: this.#at }));
    this.to = to;
  }

  remove(world: World): void {
    this.status(world, "removed", null, 0);
    this.lives++;
    this.statuses.length = 0;
    this.consents.length = 0;
    this.to = "notActivated";
    world.restartTransitions();
    this.status(world, "notActivated", "pending", 0);
  }
}

const doOne = (world: World, said: Said, given: Act): void => {
  switch (given.kind) {
    case "status":
      return said.status(world, given.to, given.to === "active" ? null : given.reason, given.skewMs);
    case "consent":
      return void said.consents.push(world.consents());
    case "repeat": {
      // As after a crash of who wrote them, or when a topic is read again from anywhere.
      const from = Math.floor(given.share * said.statuses.length);
      for (const status of said.statuses.slice(from)) world.publish(status);
      for (const consent of said.consents) world.consents(consent);
      return;
    }
    case "trouble":
      world.ending = () => given.ending;
      return;
    case "hold":
      world.holds = given.holds;
      return;
    case "remove":
      return said.remove(world);
  }
};

const occasionOf = ({ kind, dueAt }: Mail): string => `${kind} ${dueAt}`;

test("nothing is told twice, too late, or before its time, whatever comes in whatever order", () => {
  fc.assert(
    fc.property(play, (acts) => {
      const world = new World();
      const said = new Said();
      said.status(world, "notActivated", "pending", 0);
      for (const { act: given, thenHours } of acts) {
        doOne(world, said, given);
        world.pass(hours(thenHours));
      }
      const occasions = world.mails.map(occasionOf);
      expect(occasions).toEqual([...new Set(occasions)]);
      const activations = world.mails.filter(({ kind }) => kind === "activated");
      expect(activations.length).toBeLessThanOrEqual(said.lives);
      for (const { at, dueAt } of world.mails) {
        expect(at).toBeGreaterThanOrEqual(dueAt);
        expect(at - dueAt).toBeLessThanOrEqual(days(1));
      }
      expect(world.driver.parked).toEqual([]);
    }),
    { seed, numRuns: 60 },
  );
});

test("who stays Active and is served gets every reminder of the last consent, each at its time", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 800 }), { minLength: 1, maxLength: 5 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 29 }), { minLength: 1, maxLength: 4 }),
      (gapsHours, remindDays) => {
        const world = new World({ ...everything, remindDays });
        world.becomesActive();
        let last = world.consents();
        const expected: string[] = [];
        const until = (consent: UserConsent, replacedAt: number): void => {
          const due = [
            ...remindDays.map((n) => ["consentEnds", plus(consent.expiresAt as EpochMs, -days(n))]),
            ["consentEnded", consent.expiresAt],
          ] as [string, number][];
          for (const [kind, dueAt] of due.toSorted(([, a], [, b]) => a - b))
            if (dueAt > consent.givenAt && dueAt <= replacedAt) expected.push(`${kind} ${dueAt}`);
        };
        for (const gap of gapsHours) {
          world.pass(hours(gap));
          until(last, world.now);
          last = world.consents();
        }
        world.pass(days(31));
        until(last, world.now);
        expect(world.mails.filter(({ kind }) => kind !== "activated").map(occasionOf)).toEqual(expected);
      },
    ),
    { seed, numRuns: 15 },
  );
});

test("an answer that is lost repeats the same notice and no other, eight times at most", () => {
  const world = new World();
  world.ending = () => "lost";
  world.becomesActive();
  world.pass(days(2));
  expect(new Set(world.mails.map(occasionOf)).size).toBe(1);
  expect(world.mails).toHaveLength(8);
  expect(world.told()).toEqual([["activated", "failed"]]);
});
