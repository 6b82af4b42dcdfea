import { defaultLimits } from "@hybrid/runtime";
import { designNumbers } from "@hybrid/user-state";
import { expect, test } from "vitest";
import { inProcessGraph, type ScaleGraph } from "./scale-graph.ts";
import { httpsGraph } from "./scale-https.ts";
import { type Alive, aliveBytes, medianOf, processorMs } from "./scale-memory.ts";
import { organisationNumbered, type ScaleOrganisation } from "./scale-people.ts";
import { openScaleWorld, partitions, type ScaleWorld } from "./scale-world.ts";

const long = process.env["HYBRID_LONG"] === "1";
const whole = process.env["HYBRID_SCALE"] === "1";
const usersOfSmall = 20;

/** 80 % of 500 writes within 20 seconds and tenant, and of 2,000 of the whole application. */
const tenantWrites = { inOneSecond: 20, inTwentySeconds: 400 };
const applicationWrites = { inOneSecond: 80, inTwentySeconds: 1_600 };

/** What a walk may take beyond its users at the permitted rate: the last page and a slow answer. */
const lastPageMs = 10_000;

/** A large organisation, or an empty one in its place, and small ones beside it. */
const organisationsBeside = (users: number, activatedAfterMs: (small: number) => number, smallOnes = 20) => [
  organisationNumbered(0, { users, activatedAfterMs: 0 }),
  ...Array.from({ length: smallOnes }, (_, small) =>
    organisationNumbered(small + 1, { users: usersOfSmall, activatedAfterMs: activatedAfterMs(small) }),
  ),
];

/** Six small tenants are authorised together with the large one, the others while it is walked over. */
const spreadOver =
  (users: number) =>
  (small: number): number =>
    small < 6 ? 0 : Math.round(((small - 5) * (users / tenantWrites.inOneSecond) * 1_000) / 20);

type GraphOf = (
  organisations: readonly ScaleOrganisation[],
  clock: ScaleWorld["clock"],
) => Promise<ScaleGraph>;

const inProcess: GraphOf = (organisations, clock) =>
  Promise.resolve(inProcessGraph({ organisations, clock }));

interface Played {
  readonly world: ScaleWorld;
  /** What was alive when a fifth of the large organisation was Active, and when all were. */
  readonly bytes: readonly [Alive, Alive];
  /** Processor time of each twentieth of the large organisation. */
  readonly costs: readonly number[];
}

/** Everybody is in the directory, then the tenants are authorised, and time passes until all are Active. */
const play = async (organisations: readonly ScaleOrganisation[], graphOf: GraphOf): Promise<Played> => {
  const world = await openScaleWorld(organisations, (clock) => graphOf(organisations, clock));
  try {
    await world.importEverybody();
    // Not activated (pending), because a first status that says anything else is kept in `odd`.
    for (const { statuses } of world.told) expect(statuses.every((told) => told === 1)).toBe(true);
    world.planActivations();
    const users = organisations[0]?.users ?? 0;
    const chunk = Math.max(1, Math.floor(users / 20));
    const costs: number[] = [];
    let early = aliveBytes();
    let since = processorMs();
    const lastAfterMs = Math.max(...organisations.map(({ activatedAfterMs }) => activatedAfterMs));
    await world.run(lastAfterMs + users * 100 + 600_000, () => {
      if ((world.told[0]?.active ?? 0) < (costs.length + 1) * chunk) return;
      costs.push(processorMs() - since);
      if (costs.length === 4) early = aliveBytes();
      since = processorMs();
    });
    return { world, bytes: [early, aliveBytes()], costs };
  } finally {
    await world.close();
  }
};

/** Every user Active after the one story that is allowed; the large organisation as fast as permitted. */
const expectComplete = ({ world }: Pick<Played, "world">): void => {
  expect(world.odd).toEqual([]);
  expect(world.isOver).toBe(true);
  for (const organisation of world.organisations) {
    const slowest = world.activationTimes(organisation).reduce((most, each) => Math.max(most, each), 0);
    const walkMs = world.walkMs(organisation, tenantWrites.inOneSecond);
    expect(slowest).toBeLessThan(walkMs + lastPageMs);
  }
};

const expectPaced = ({ world }: Pick<Played, "world">): void => {
  const { writes, refusals } = world.graph;
  for (const { number, users } of world.organisations) {
    const own = writes.ofOrganisation[number];
    expect(own?.size).toBe(users);
    expect(own?.busiest(1_000)).toBeLessThanOrEqual(tenantWrites.inOneSecond);
    expect(own?.busiest(20_000)).toBeLessThanOrEqual(tenantWrites.inTwentySeconds);
  }
  expect(writes.all.busiest(1_000)).toBeLessThanOrEqual(applicationWrites.inOneSecond);
  expect(writes.all.busiest(20_000)).toBeLessThanOrEqual(applicationWrites.inTwentySeconds);
  expect(refusals()).toBe(0);
};

/** No user of a small organisation waits longer than when the large one is not there. */
const expectNotSlowed = (beside: Played, alone: Played, toleranceMs: number): void => {
  for (const organisation of beside.world.organisations.slice(1)) {
    const times = alone.world.activationTimes(organisation);
    const later = beside.world.activationTimes(organisation).map((ms, user) => ms - (times[user] ?? 0));
    expect(Math.max(...later)).toBeLessThanOrEqual(toleranceMs);
  }
};

/** Half as many calls more may run for organisations below their share. */
const slotsAndReserve = 1.5 * defaultLimits.callsInFlightMax;

const expectBounded = ({ world }: Pick<Played, "world">): void => {
  const { recordsQueued, callsInFlight, callsQueued } = world.peaks;
  expect(callsInFlight).toBeLessThanOrEqual(slotsAndReserve);
  expect(callsQueued).toBe(0);
  expect(recordsQueued).toBeLessThanOrEqual(defaultLimits.recordsQueuedMax);
};

/**
 * Goal: one organisation of 100,000 users (20,000 in CI, 3,000 otherwise) activates through its tenant's walk
 * at the permitted rate: everybody is Active in the end, who waits is Not activated (pending), no window of
 * time holds more writes than permitted, twenty small organisations need as long as without it, memory and
 * queues stay flat, and a user costs as much at the end as at the beginning.
 * Method: directory and user-state on the embedded log, virtual time from appointment to appointment, every
 * status read from `user-status`. Graph is an in-process port with the simulator's limits and a latency, and
 * with nothing of the client's limiter before it, so that the walk alone has to keep the rate: over HTTPS a
 * user costs 15 ms of two processors, 100,000 users 25 minutes; the next test does that for fewer.
 */
test("a large organisation activates at the permitted rate, and small ones are not slowed", async () => {
  const users = whole ? 100_000 : long ? 20_000 : 3_000;
  const activatedAfterMs = spreadOver(users);
  const alone = await play(organisationsBeside(0, activatedAfterMs), inProcess);
  const beside = await play(organisationsBeside(users, activatedAfterMs), inProcess);
  expectComplete(alone);
  expectComplete(beside);
  expectPaced(beside);
  expectNotSlowed(beside, alone, 100);
  expectBounded(beside);
  const { bytes, costs } = beside;
  // What the figures were belongs to the run's output, to compare runs.
  const figures = { users, bytes, msPerTwentieth: costs.map(Math.round) };
  console.info(`scale: ${JSON.stringify(figures)}`);
  const [early, late] = bytes;
  const activated = 0.8 * users;
  expect(late.heap - early.heap).toBeLessThan(8_000_000);
  // The record of an Active user is some 200 bytes longer, and a slab may hold as many dead bytes as living.
  expect(late.buffers - early.buffers).toBeLessThan(8_000_000 + activated * 1_000);
  // The first twentieths warm the code up and would flatter the end.
  expect(medianOf(costs.slice(-5))).toBeLessThan(2 * medianOf(costs.slice(3, 8)));
}, 1_500_000);

/**
 * Goal: the same through everything that lies between a call and Graph: client, tokens, limiter, breakers,
 * TLS, validation of both notification addresses, the simulator's own limits.
 * Method: as above, over HTTPS against the simulator, with fewer users, because each one costs 15 ms.
 */
test("it does so over HTTPS against the simulator", async () => {
  const users = long ? 3_000 : 600;
  const beside = await play(organisationsBeside(users, spreadOver(users)), httpsGraph);
  expectComplete(beside);
  expectPaced(beside);
  expectBounded(beside);
}, 600_000);

/**
 * Goal: a crowd that appears under an active tenant (a directory of 100,000 imported after the consent) is
 * tried at the permitted rate as well, is not refused by Graph, and holds nobody else up.
 * Method: tenants first, people second, the large organisation's before all others.
 */
test("a crowd that is imported after the tenant's consent is tried at the permitted rate", async () => {
  const users = long ? 20_000 : 2_000;
  // Each begins at its tenant's full rate at once; four of them are what the application may do together.
  const organisations = organisationsBeside(users, () => 0, 3);
  const world = await openScaleWorld(organisations, (clock) => inProcess(organisations, clock));
  try {
    await world.activateEverybody();
    await world.importEverybody();
    await world.run(users * 100 + 600_000);
  } finally {
    await world.close();
  }
  const played = { world };
  expectComplete(played);
  expectPaced(played);
  expectBounded(played);
}, 600_000);

/**
 * Goal: a Graph that takes five seconds for each of the large organisation's writes, so that its calls fill
 * every place (12.8 end a second, 20 are permitted), neither makes the queue of calls grow nor keeps others
 * waiting.
 * Method: the walk's own listing waits in its organisation's line, so pages come as calls end: at most a page
 * a partition waits. A small organisation has its share of the places at once, beside the slow calls.
 */
test("when Graph is slow for a large organisation, its calls do not pile up and others are served", async () => {
  const users = 1_200;
  const slowMs = 5_000;
  const slow: GraphOf = (organisations, clock) => {
    const latencyMs = (number: number) => (number === 0 ? slowMs : undefined);
    return Promise.resolve(inProcessGraph({ organisations, clock, latencyMs }));
  };
  const smallOnes = (small: number) => 30_000 + small * 10_000;
  const alone = await play(organisationsBeside(0, smallOnes, 4), slow);
  const beside = await play(organisationsBeside(users, smallOnes, 4), slow);
  const { world } = beside;
  expect(world.odd).toEqual([]);
  expect(world.isOver).toBe(true);
  expect(world.graph.refusals()).toBe(0);
  expect(world.peaks.callsInFlight).toBeGreaterThanOrEqual(defaultLimits.callsInFlightMax);
  expect(world.peaks.callsInFlight).toBeLessThanOrEqual(slotsAndReserve);
  // A page is what one partition may write within the walk's period.
  const page = ((designNumbers.walkPeriodMs / 1_000) * tenantWrites.inOneSecond) / partitions;
  expect(world.peaks.callsQueued).toBeLessThanOrEqual(partitions * (page + 1) + usersOfSmall);
  expectNotSlowed(beside, alone, slowMs / 10);
}, 600_000);
