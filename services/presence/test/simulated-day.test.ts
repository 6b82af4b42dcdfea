import type { Presence } from "@hybrid/contracts";
import { hours, minutes, plus, seconds } from "@hybrid/kernel";
import { expect, test } from "vitest";
import type { Replies } from "../src/domain/windows.ts";
import {
  faultsOf,
  lagsOf,
  type Setting,
  type Storm,
  seenWithinMs,
  type Watched,
  type Word,
} from "./day-model.ts";
import { objectIdOf, user, World } from "./world.ts";

/** Published: 130,000 requests in ten seconds for the whole application, of which a tenth is for presence. */
const requestsMax = 13_000;
const windowMs = seconds(10);
/** The other services enable users at this pace, so that their own requests keep to Graph's limits. */
const enabledPerSecond = 20;
const dayMs = hours(6);

const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

interface Person extends Watched {
  readonly number: number;
  readonly sets: Setting[];
  to: number;
  readonly words: Word[];
}

const wordOf = ({ at, status, episode, expiresAt }: Presence): Word => ({ at, status, episode, expiresAt });

const awayOf = (replies: Replies, at: number): Setting["away"] => {
  if (replies.kind === "off") return null;
  return replies.kind === "always" ? { from: at, until: null } : { from: replies.from, until: replies.until };
};

/** Everybody's day: who sets which replies when, who is enabled late, and who is switched off. */
class Day {
  readonly world = new World();
  readonly people: Person[] = [];
  readonly startedAt = this.world.now;
  readonly storm: Storm;
  readonly #random: () => number;
  readonly #acts = new Map<number, (() => void)[]>();
  readonly #reads = new Map<number, number>();
  readonly #byKey = new Map<string, Person>();
  peak = 0;
  requests = 0;

  constructor(seed: number, count: number) {
    this.#random = seededRandom(seed);
    // For a moment Graph does not answer for a mailbox, or for a whole batch.
    this.world.fails = () => this.#random() < 0.003;
    const from = this.startedAt + hours(4);
    this.storm = { from, calmAt: from + minutes(20) + minutes(10) };
    for (let n = 0; n < count; n++) this.#cast(n);
    this.#at(from, () => {
      this.world.throttledUntil = plus(this.world.now, minutes(20));
    });
  }

  /** The whole second of the day at which something happens that is to happen after `ms`. */
  #second(ms: number): number {
    return this.startedAt + Math.ceil(ms / 1_000) * 1_000;
  }

  #at(moment: number, act: () => void): void {
    this.#acts.set(moment, [...(this.#acts.get(moment) ?? []), act]);
  }

  #cast(n: number): void {
    const from = this.#second((n / enabledPerSecond) * 1_000);
    const to =
      this.#random() < 0.02 ? this.#second(dayMs * (0.6 + this.#random() * 0.3)) : Number.MAX_SAFE_INTEGER;
    const person: Person = { name: user(n), number: n, sets: [], from, to, words: [] };
    this.people.push(person);
    this.#byKey.set(user(n), person);
    this.#at(from, () => {
      // Every tenth has an account at Webex.
      this.world.person(n, n % 10 === 0 ? {} : { personId: null });
      this.world.status(n, "active");
    });
    if (to < Number.MAX_SAFE_INTEGER) this.#at(to, () => this.world.status(n, "disabled"));
    for (let acts = Math.floor(this.#random() * 3); acts > 0; acts--)
      this.#at(this.#second(this.#random() * dayMs), () => this.#set(person));
    if (this.#random() < 0.02) this.#at(this.#second(this.#random() * dayMs), () => this.world.look(n));
  }

  #set(person: Person): void {
    const at = this.world.now;
    const dice = this.#random();
    const from = plus(at, minutes(-60 + Math.floor(this.#random() * 240)));
    const replies: Replies =
      dice < 0.4
        ? { kind: "always" }
        : dice < 0.6
          ? { kind: "off" }
          : { kind: "scheduled", from, until: plus(from, minutes(5 + Math.floor(this.#random() * 300))) };
    this.world.replies.set(objectIdOf(person.number), replies);
    person.sets.push({ at, away: awayOf(replies, at) });
  }

  play(): void {
    const endAt = this.startedAt + dayMs;
    while (this.world.now < endAt) {
      for (const act of this.#acts.get(this.world.now) ?? []) act();
      this.world.work();
      this.#note();
      this.world.pass(1_000);
    }
    this.#note();
  }

  #note(): void {
    for (const { topic, key, value } of this.world.driver.emitted.splice(0))
      if (topic === "presence") this.#byKey.get(key)?.words.push(wordOf(value as Presence));
    for (const { at, mailboxes } of this.world.reads.splice(0)) {
      const window = Math.floor(at / windowMs);
      const requests = (this.#reads.get(window) ?? 0) + mailboxes;
      this.#reads.set(window, requests);
      this.peak = Math.max(this.peak, requests);
      this.requests += mailboxes;
      expect(mailboxes).toBeLessThanOrEqual(20);
    }
  }
}

const figuresOf = (day: Day) => {
  const lags = day.people.flatMap((person) => lagsOf(person, day.storm)).sort((a, b) => a - b);
  const share = (part: number): number =>
    Math.round((lags[Math.floor((lags.length - 1) * part)] ?? 0) / 1_000);
  return {
    users: day.people.length,
    changes: lags.length,
    medianSeconds: share(0.5),
    p99Seconds: share(0.99),
    longestSeconds: share(1),
    requests: day.requests,
    mostIn10Seconds: day.peak,
  };
};

const isLarge = process.env["HYBRID_SCALE"] === "1";
const seeds = process.env["HYBRID_SEED"] === undefined ? [1, 2, 3] : [Number(process.env["HYBRID_SEED"])];

const judge = (day: Day): void => {
  day.play();
  const endAt = day.world.now;
  const faults = day.people.flatMap((person) => faultsOf(person, day.storm, endAt));
  expect(faults.slice(0, 20)).toEqual([]);
  const figures = figuresOf(day);
  if (isLarge) console.info(JSON.stringify(figures));
  expect(figures.changes).toBeGreaterThan(day.people.length / 4);
  expect(figures.longestSeconds * 1_000).toBeLessThanOrEqual(seenWithinMs);
  expect(day.peak).toBeLessThanOrEqual(requestsMax);
  // Once in twelve minutes each, and a little for looks, failures and who was away for Graph.
  expect(day.requests).toBeLessThan(day.people.length * (dayMs / minutes(12)) * 1.1);
};

test.each(seeds)("a simulated day of a small organisation (seed %i)", (seed) => {
  judge(new Day(seed, 60));
});

test(`everybody's absence is seen within 20 minutes inside Graph's limits, all day`, {
  timeout: hours(6),
}, () => {
  judge(new Day(4, isLarge ? 100_000 : 2_000));
});
