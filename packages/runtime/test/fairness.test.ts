import { checkpointTopic } from "@hybrid/contracts";
import { type ActorId, type EpochMs, ProviderError, plus } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import type { LogRecord, RestoredRecord } from "@hybrid/log";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { type RuntimeLimits, runService, runtimeMetrics, seededRandom } from "../src/index.ts";
import { settle } from "../testing/index.ts";
import {
  catalog,
  type Fetch,
  type Input,
  type Ledger,
  machine,
  type Order,
  orders,
  topology,
} from "./ledger.ts";
import { memoryLog } from "./memory-log.ts";
import { MemoryLogger } from "./workbench.ts";

const checkpoint = checkpointTopic("ledger");
const calmUsers = 20;
const calmLatencyMs = 500;

/** A ledger that tries a call that failed again a second later, for ever. */
const stubborn: typeof machine = (state, input, now, self) => {
  if (input.kind === "fetchFailed")
    return { state: { ...state, timers: [{ name: "again", dueAt: plus(now, 1_000) }] }, effects: [] };
  if (input.kind !== "fired") return machine(state, input, now, self);
  const again = { kind: "call", call: { kind: "fetch", id: "again" } } as const;
  return { state: { ...state, timers: [] }, effects: [again] };
};

/** A user of the organisation that is throttled: its call has no outcome, or its timer is due. */
const stormUser = (n: number, now: EpochMs, has: "call" | "timer"): RestoredRecord => {
  const timers = has === "timer" ? [{ name: "again", dueAt: now }] : [];
  const pending = has === "call" ? [{ seq: n + 1, index: 0, call: '{"kind":"fetch","id":"storm"}' }] : [];
  const state = JSON.stringify({ total: 0, applied: [], timers } satisfies Ledger);
  const rest = { at: now, stateVersion: 1, pending, suppressed: [], parked: null };
  const value = checkpoint.encode({ seq: n + 1, state, ...rest });
  return { origin: "checkpoint", key: `storm/u-${n}` as ActorId, value };
};

/** What became of the calm organisation's records. */
interface Played {
  /** How long after its record was published each call of the calm organisation began. */
  readonly startedAfterMs: readonly number[];
  /** Commits after the publication until all its records were applied. */
  readonly commits: number;
  /** How late each timer of the calm organisation fired. */
  readonly timersLateMs: readonly number[];
  readonly callsBytes: number;
  readonly peakInFlight: number;
}

interface Play {
  readonly users: number;
  readonly has: "call" | "timer";
  readonly stormLatencyMs: number;
  readonly limits?: Partial<RuntimeLimits>;
}

/** Runs the storm for three seconds, then publishes records for each calm user, and waits for their calls. */
const play = async ({ users, has, stormLatencyMs, limits = {} }: Play): Promise<Played> => {
  const clock = new VirtualClock();
  const registry = new Registry();
  const crowd = Array.from({ length: users }, (_, n) => stormUser(n, clock.now(), has));
  const { log, commits, publish } = memoryLog(crowd, clock);
  const started: EpochMs[] = [];
  const timersLateMs: number[] = [];
  const watched: typeof machine = (state, input, now, self) => {
    if (input.kind !== "fired" || input.timer.name !== "calm") return stubborn(state, input, now, self);
    timersLateMs.push(clock.now() - input.timer.dueAt);
    return machine(state, input, now, self);
  };
  const after = (ms: number): Promise<void> =>
    new Promise((resolve) => clock.at(plus(clock.now(), ms), resolve));
  const fetch = async ({ id }: Fetch): Promise<Input> => {
    if (id === "calm") started.push(clock.now());
    await after(id === "calm" ? calmLatencyMs : stormLatencyMs);
    if (id === "calm") return { kind: "fetched", id, answer: "ok" };
    throw new ProviderError("slow down", { code: "throttled", retryable: true, status: 429 });
  };
  const service = await runService({
    topology: { ...topology, machine: watched },
    handlers: { fetch },
    log,
    topics: catalog,
    partitions: 1,
    scheduler: clock,
    random: seededRandom(1),
    logger: new MemoryLogger(),
    metrics: runtimeMetrics(registry),
    limits,
    deadlineTimer: () => () => undefined,
  });
  let peakInFlight = 0;
  const rest = async (): Promise<void> => {
    await settle([service], { waitForCalls: false });
    peakInFlight = Math.max(peakInFlight, service.activity().callsInFlight);
  };
  const passMs = async (ms: number): Promise<void> => {
    const until = plus(clock.now(), ms);
    for (let next = clock.nextDueAt(); next !== null && next <= until; next = clock.nextDueAt()) {
      clock.advanceTo(next);
      await rest();
    }
    clock.advanceTo(until);
    await rest();
  };
  await service.ready();
  await rest();
  await passMs(3_000);
  const [publishedAt, before] = [clock.now(), commits.length];
  publish(...Array.from({ length: 2 * calmUsers }, (_, n) => calmRecord(n, clock.now())));
  await rest();
  const applied = await Promise.all(
    Array.from({ length: calmUsers }, (_, n) => service.stateOf(`calm/u-${n}` as ActorId)),
  );
  const isCalm = ({ key }: { readonly key: ActorId }): boolean => key.startsWith("calm/");
  expect(applied.every((view) => view?.state.applied.includes("later"))).toBe(true);
  const last = commits.slice(before).findLastIndex(({ batch }) => batch.journal.some(isCalm));
  const metric = await registry.getSingleMetric("hybrid_calls_bytes")?.get();
  await passMs(6_000);
  expect(started).toHaveLength(calmUsers);
  const stopping = service.stop();
  clock.advanceBy(60_000);
  await stopping;
  return {
    timersLateMs,
    startedAfterMs: started.map((at) => at - publishedAt),
    commits: last + 1,
    callsBytes: metric?.values[0]?.value ?? 0,
    peakInFlight,
  };
};

/** Each user's first record orders a call, the second one sets a timer. */
const calmRecord = (n: number, timestamp: EpochMs): LogRecord => {
  const order: Order =
    n < calmUsers
      ? { kind: "fetch", id: "calm" }
      : { kind: "arm", id: "later", name: "calm", inMs: 1_000 + 3 * n };
  return {
    topic: orders.name,
    partition: 0,
    key: `calm/u-${n % calmUsers}`,
    value: orders.encode({ order }),
    timestamp,
    offset: n,
  };
};

const lastOf = ({ startedAfterMs }: Played): number => Math.max(...startedAfterMs);

/**
 * Goal: beside an organisation of many users whose every call is throttled, an organisation of twenty has its
 * records applied within one commit and its calls started within twice the time that it takes alone.
 * Method: one partition, virtual time; the crowd is restored with a pending call or an overdue timer each,
 * and each of them tries again for ever. The twenty need several rounds of the slots that there are.
 */
test.each([
  { users: 100_000, has: "call", stormLatencyMs: 2_000 },
  { users: 20_000, has: "call", stormLatencyMs: 50 },
  { users: 6_000, has: "timer", stormLatencyMs: 2_000 },
  { users: 2_000, has: "call", stormLatencyMs: 9_999 },
] as const)(
  "twenty users beside $users with a $has each, throttled after $stormLatencyMs ms",
  async (storm) => {
    const limits = { callsInFlightMax: 8 };
    const alone = await play({ ...storm, users: 0, limits });
    const beside = await play({ ...storm, limits });
    expect(alone.commits).toBe(1);
    expect(lastOf(alone)).toBe(2 * calmLatencyMs);
    expect(beside.commits).toBeLessThanOrEqual(1);
    expect(lastOf(beside)).toBeLessThanOrEqual(2 * lastOf(alone));
    expect(beside.startedAfterMs[0]).toBe(0);
    // Timers of a crowd may be overdue by minutes; those beside it wait for a token of the rate at most.
    expect(beside.timersLateMs).toHaveLength(calmUsers);
    expect(Math.max(...beside.timersLateMs)).toBeLessThanOrEqual(2);
    expect(beside.peakInFlight).toBeLessThanOrEqual(12);
    expect(alone.peakInFlight).toBe(8);
    // What waits is an index, not objects.
    expect(beside.callsBytes).toBeLessThan(4_000 + 60 * storm.users);
  },
  120_000,
);
