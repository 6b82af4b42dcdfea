import { groupCommands, groupCommandValue, webexEvents } from "@hybrid/contracts";
import { actorIdOf, hours, minutes, seconds } from "@hybrid/kernel";
import { TopologyDriver } from "@hybrid/runtime/testing";
import { openTexts } from "@hybrid/sealing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Call, Input } from "#domain/inputs";
import { designNumbers } from "#domain/numbers";
import type { State } from "#domain/state";
import { webexIdOf } from "../src/adapters/webex-ids.ts";
import { groupTopology } from "../src/topology.ts";
import { FakeClouds, type Kind, personUuid, teamUuid } from "./fake-clouds.ts";

/** What becomes of a call: it ends, its worker dies before or after carrying it out, or two carry it out. */
type Fate = "done" | "lostBefore" | "lostAfter" | "twice" | "fails";

const kinds = fc.array(
  fc.constantFrom<Kind>(
    "linked",
    "linked",
    "linked",
    "external",
    "noExternalId",
    "notActive",
    "guest",
    "notInEntra",
  ),
  { minLength: 2, maxLength: 40 },
);
const fates = fc.array(fc.constantFrom<Fate>("done", "done", "lostBefore", "lostAfter", "twice", "fails"), {
  minLength: 1,
  maxLength: 60,
});
const act = fc.record({
  what: fc.constantFrom("join", "joinAsModerator", "leave", "promote", "demote", "space"),
  who: fc.nat(39),
  afterMs: fc.integer({ min: 0, max: minutes(4) }),
  // A webhook tells of it too; of what it does not tell, and of nothing at all, deliveries come as well.
  hints: fc.array(fc.constantFrom("true", "stale", "space"), { maxLength: 2 }),
});
const groupAct = fc.record({
  what: fc.constantFrom("add", "remove"),
  who: fc.nat(39),
  afterMs: fc.constantFrom(0, 0, minutes(40)),
});

interface History {
  readonly kinds: readonly Kind[];
  readonly acts: readonly {
    readonly what: string;
    readonly who: number;
    readonly afterMs: number;
    readonly hints: readonly string[];
  }[];
  readonly groupActs: readonly { readonly what: string; readonly who: number; readonly afterMs: number }[];
  readonly losses: readonly boolean[];
  readonly fates: readonly Fate[];
  readonly siteMinutes: number;
}

const history: fc.Arbitrary<History> = fc.record({
  kinds,
  acts: fc.array(act, { maxLength: 25 }),
  groupActs: fc.array(groupAct, { maxLength: 12 }),
  losses: fc.array(fc.boolean(), { maxLength: 30 }),
  fates,
  siteMinutes: fc.integer({ min: 5, max: 90 }),
});

const options = {
  tenantId: "11111111-1111-4111-8111-111111111111",
  webexOrgUuid: "0a0a0a0a-1111-4111-8111-000000000001",
  mode: "everyTeam",
  visibility: "private",
  welcomeMail: false,
  namePrefix: "",
  nameSuffix: "",
  language: null,
  botPersonUuid: null,
} as const;

/** The service on fake clouds, with workers that die and race as the history says. */
class Play {
  readonly driver: TopologyDriver<State, Input, Call>;
  readonly clouds: FakeClouds;
  readonly #fates: readonly Fate[];
  #calls = 0;
  #hints = 0;

  constructor({ kinds: given, fates: wanted, siteMinutes }: History) {
    // Fewer looks at the events than in life: each history is hours long.
    this.driver = new TopologyDriver(groupTopology({ ...designNumbers, feedEveryMs: minutes(2) }));
    // The creator of the team can own the group: without an owner there is nothing to be seen.
    this.clouds = new FakeClouds(["linked", ...given.slice(1)], minutes(siteMinutes), this.driver.now);
    this.#fates = wanted;
    for (const command of [
      { kind: "configure", options },
      { kind: "authorise" },
      { kind: "enable" },
    ] as const) {
      const value = groupCommandValue(command, this.driver.now);
      this.driver.publish(groupCommands, actorIdOf("acme/o"), value);
    }
  }

  /** Every call under way meets its fate; after the list is used up each ends well. */
  work(): void {
    for (let rounds = 0; this.driver.openCalls().length > 0; rounds++) {
      if (rounds > 5_000) throw new Error("calls without end");
      for (const { callId, call: closed } of this.driver.openCalls()) {
        const call = openTexts(closed) as Call;
        const fate = this.#fates[this.#calls++] ?? "done";
        if (fate === "lostBefore") continue;
        if (fate === "fails") {
          this.driver.fail(callId, { code: "unavailable", retryable: true, retryAt: null, status: 503 });
          continue;
        }
        const outcome = this.clouds.carryOut(call, this.driver.now);
        if (fate === "lostAfter") continue;
        if (fate === "twice") this.clouds.carryOut(call, this.driver.now);
        if ("kind" in outcome) this.driver.answer(callId, outcome);
        else this.driver.fail(callId, outcome);
      }
    }
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= minutes(5)) {
      this.driver.advanceBy(Math.min(left, minutes(5)));
      this.work();
    }
  }

  /** A delivery of a webhook: of a membership or a space, which may be another than what happened. */
  hint(what: string, who: number): void {
    const isSpace = what === "space";
    const n = what === "stale" ? (who * 7 + 3) % 40 : who;
    this.driver.publish(webexEvents, actorIdOf(`acme/r-${teamUuid}`), {
      webhookId: "webhook",
      resource: isSpace ? "rooms" : "memberships",
      event: "created",
      itemId: `item-${this.#hints++ % 5}`,
      roomId: webexIdOf("ROOM", teamUuid),
      personId: isSpace ? null : webexIdOf("PEOPLE", personUuid(n)),
      actorId: null,
      orgId: null,
      occurrence: null,
      receivedAt: this.driver.now,
    });
  }

  act(what: string, who: number): void {
    const { now } = this.driver;
    if (what === "join" || what === "joinAsModerator") this.clouds.join(who, what === "joinAsModerator", now);
    if (what === "leave") this.clouds.leave(who, now);
    if (what === "promote" || what === "demote") this.clouds.setModerator(who, what === "promote", now);
    if (what === "space") this.clouds.rooms.push(`eeeeeeee-1111-4111-8111-${String(who).padStart(12, "0")}`);
  }
}

const runs = { numRuns: 12 };

test("property: whatever workers do, one team has one group, with all of its colleagues and nobody else", () => {
  fc.assert(
    fc.property(history, (given) => {
      const play = new Play(given);
      const { clouds, driver } = play;
      play.work();
      driver.advanceBy(seconds(91));
      let leftMs = minutes(4);
      for (const { what, who, afterMs, hints } of given.acts) {
        play.act(what, who % given.kinds.length);
        for (const hint of hints) play.hint(hint, who % given.kinds.length);
        driver.advanceBy(Math.min(afterMs, leftMs));
        leftMs -= Math.min(afterMs, leftMs);
        play.work();
      }
      play.pass(hours(4));
      // The model: who is in the team and has a colleague's account is in the group. It knows no steps.
      const isColleague = (n: number): boolean => n === 0 || given.kinds[n] === "linked";
      const expected = [...clouds.team.keys()].filter(isColleague).sort((a, b) => a - b);
      expect(clouds.groups.size).toBe(1);
      const [group] = clouds.groups.values();
      const members = [...group!.members].sort((a, b) => a - b);
      // The last owner of a group cannot leave it, though gone from the team.
      const kept = group!.owners.size === 1 ? [...group!.owners].filter((n) => !expected.includes(n)) : [];
      expect(members).toEqual([...expected, ...kept].sort((a, b) => a - b));
      expect([...clouds.links.keys()].sort()).toEqual([...new Set(clouds.rooms)].sort());
      expect(new Set(clouds.links.values()).size).toBe(clouds.links.size);
      expect(driver.stateOf(actorIdOf(`acme/r-${teamUuid}`))).toMatchObject({
        standing: { kind: "connected" },
      });
      expect(clouds.cards).toBe(1);
    }),
    runs,
  );
});

test("property: once connected the team becomes what the group is, but for its last moderator", () => {
  let lost = 0;
  fc.assert(
    fc.property(history, (given) => {
      const play = new Play({ ...given, siteMinutes: 1 });
      const { clouds } = play;
      for (let n = 1; n < Math.min(6, given.kinds.length); n++) clouds.join(n, false, play.driver.now);
      play.work();
      play.pass(hours(3));
      const team = new Set(clouds.team.keys());
      const isColleague = (n: number): boolean => n === 0 || given.kinds[n] === "linked";
      // The model: who is in the group, and who was taken out of it last, from what its owner did alone.
      const inGroup = new Set([...team].filter(isColleague));
      const first = new Set(inGroup);
      const takenOut = new Set<number>();
      const gone = new Set<number>();
      clouds.losses = [...given.losses];
      for (const { what, who, afterMs } of given.groupActs) {
        const n = who % given.kinds.length;
        play.hint(what === "add" ? "true" : "stale", n);
        if (what === "add") clouds.addToGroup(n);
        else clouds.removeFromGroup(n);
        if (what === "remove" && inGroup.delete(n)) takenOut.add(n);
        if (what === "add" && !inGroup.has(n) && given.kinds[n] !== "notInEntra") {
          inGroup.add(n);
          takenOut.delete(n);
        }
        if (afterMs === 0) continue;
        // Long enough to be followed: who is out by then is out of the team, whatever comes later.
        play.pass(afterMs);
        for (const n of takenOut) gone.add(n);
      }
      play.pass(hours(2));
      lost += clouds.lost;
      // Only colleagues get in; who is taken out of the group goes, but for the team's one moderator.
      const stays = (n: number): boolean => n === 0 || (team.has(n) && !takenOut.has(n) && !gone.has(n));
      const expected = given.kinds
        .map((_, n) => n)
        .filter((n) => stays(n) || (inGroup.has(n) && isColleague(n)));
      // Somebody of the team who was in the group only while its word was lost was never seen there.
      const isUnseen = (n: number): boolean => clouds.lost > 0 && team.has(n) && !first.has(n);
      const judged = (some: readonly number[]): readonly number[] => some.filter((n) => !isUnseen(n));
      expect(judged([...clouds.team.keys()].sort((a, b) => a - b))).toEqual(judged(expected));
    }),
    runs,
  );
  // The histories lose links, or they would prove nothing of what comes of it.
  expect(lost).toBeGreaterThan(5);
});
