import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { partitionStates } from "./partition/partition-state.ts";

/** What a scrape asks of every running service. */
export interface MetricsSample {
  readonly service: string;
  readonly recordsQueued: number;
  readonly callsQueued: number;
  readonly callsInFlight: number;
  readonly callsPending: number;
  readonly timersHeld: number;
  readonly timersOverdue: number;
  readonly actorsHeld: number;
  /** Of decoded actors kept ready, about. */
  readonly bytesHot: number;
  /** Of records polled and not yet applied, about. */
  readonly bytesQueued: number;
  /** What a commit may have: the least of all partitions here. */
  readonly commitBytesMax: number;
  readonly actorsParked: number;
  readonly inputsParked: number;
  readonly callsHeld: number;
  /** Of the index of calls that are not started. */
  readonly bytesCalls: number;
  readonly stableOffsetAgeSeconds: number;
  readonly bytesFetched: number;
  readonly bytesRestoring: number;
  readonly bytesDirty: number;
  /** Partitions by state. */
  readonly partitions: Readonly<Record<string, number>>;
  lag(): Promise<number>;
}

type Sampler = () => MetricsSample;

const boundaries = {
  seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  bytes: [1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 8_388_608, 16_777_216],
  counts: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000],
};

const countersOf = (registry: Registry) => {
  const counter = <Label extends string>(name: string, help: string, labels: readonly Label[]) =>
    new Counter({ name, help, labelNames: ["service", ...labels] as const, registers: [registry] });
  return {
    steps: counter("hybrid_steps_total", "Steps applied and committed.", []),
    records: counter("hybrid_records_total", "Source records applied, ignored or dead-lettered.", ["topic"]),
    stepsFailed: counter("hybrid_steps_failed_total", "Inputs that could not be applied.", ["cause"]),
    deadLetters: counter("hybrid_dead_letters_total", "Dead letters written.", ["cause"]),
    calls: counter("hybrid_calls_total", "Calls ended.", ["kind", "result"]),
    outcomesDropped: counter(
      "hybrid_outcomes_dropped_total",
      "Outcomes of calls that were no longer pending (I4).",
      [],
    ),
    timersFired: counter("hybrid_timers_fired_total", "Timers fired.", []),
    fenced: counter("hybrid_fenced_total", "Commits refused because another owner had fenced this one.", []),
    commitsFailed: counter("hybrid_commits_failed_total", "Commits refused, by error.", ["error"]),
  };
};

const histogramsOf = (registry: Registry) => {
  const histogram = <Label extends string>(
    name: string,
    help: string,
    options: { readonly labels: readonly Label[]; readonly buckets: readonly number[] },
  ) =>
    new Histogram({
      name,
      help,
      labelNames: ["service", ...options.labels] as const,
      buckets: [...options.buckets],
      registers: [registry],
    });
  const { seconds, counts, bytes } = boundaries;
  return {
    batchInputs: histogram("hybrid_batch_inputs", "Inputs per batch.", { labels: [], buckets: counts }),
    commitSeconds: histogram("hybrid_commit_seconds", "Time of one append.", {
      labels: [],
      buckets: seconds,
    }),
    commitBytes: histogram("hybrid_commit_bytes", "Bytes of one commit, at most.", {
      labels: [],
      buckets: bytes,
    }),
    callSeconds: histogram("hybrid_call_seconds", "Time of one call.", {
      labels: ["kind"],
      buckets: seconds,
    }),
    restoreSeconds: histogram("hybrid_restore_seconds", "Time to restore a partition.", {
      labels: [],
      buckets: [...seconds, 60, 120, 300],
    }),
  };
};

type SampledNumber = Exclude<keyof MetricsSample, "service" | "partitions" | "lag">;

const sampled: readonly (readonly [string, string, SampledNumber])[] = [
  ["hybrid_records_queued", "Records polled and not yet applied.", "recordsQueued"],
  ["hybrid_calls_queued", "Calls waiting for their turn.", "callsQueued"],
  ["hybrid_calls_in_flight", "Calls running.", "callsInFlight"],
  ["hybrid_calls_pending", "Calls ordered that have no outcome yet.", "callsPending"],
  ["hybrid_timers_held", "Actors that wait for a timer.", "timersHeld"],
  ["hybrid_timers_overdue", "Actors whose timer is due and has not fired.", "timersOverdue"],
  ["hybrid_actors_held", "Actors in memory.", "actorsHeld"],
  ["hybrid_calls_bytes", "Memory of the index of ordered calls that are not started.", "bytesCalls"],
  ["hybrid_hot_bytes", "Memory of decoded actors kept ready, about.", "bytesHot"],
  ["hybrid_queued_bytes", "Memory of records polled and not yet applied, about.", "bytesQueued"],
  [
    "hybrid_commit_bytes_max",
    "What a commit may have, the least of all partitions here: lower after the log refused larger ones.",
    "commitBytesMax",
  ],
  ["hybrid_actors_parked", "Actors that failed on an input and wait for an operator.", "actorsParked"],
  ["hybrid_inputs_parked", "Inputs that wait with parked actors.", "inputsParked"],
  ["hybrid_calls_held", "Ordered calls kept back: paused, observed, or after a takeover.", "callsHeld"],
  [
    "hybrid_stable_offset_age_seconds",
    "How long open transactions have kept source records from being read.",
    "stableOffsetAgeSeconds",
  ],
  ["hybrid_fetched_bytes", "Memory of source records fetched and not polled yet, about.", "bytesFetched"],
  ["hybrid_restore_bytes", "Memory of what restores under way are reading.", "bytesRestoring"],
  ["hybrid_dirty_bytes", "Memory of actors whose latest is not in the checkpoint yet.", "bytesDirty"],
];

/** Gauges that ask every running service at each scrape. */
const sampledGauges = (
  registry: Registry,
  samplers: ReadonlySet<Sampler>,
  expected: ReadonlySet<string>,
): readonly Gauge[] => {
  const numbers = sampled.map(
    ([name, help, field]) =>
      new Gauge({
        name,
        help,
        labelNames: ["service"],
        registers: [registry],
        collect() {
          this.reset();
          for (const sampler of samplers) {
            const sample = sampler();
            this.inc({ service: sample.service }, sample[field]);
          }
        },
      }),
  );
  const partitions = new Gauge({
    name: "hybrid_partitions",
    help: "Partitions by state.",
    labelNames: ["service", "state"],
    registers: [registry],
    collect() {
      this.reset();
      const samples = [...samplers].map((sampler) => sampler());
      // An alarm on partitions that nobody has must see zero, not nothing.
      for (const service of new Set([...expected, ...samples.map((sample) => sample.service)]))
        for (const state of partitionStates) this.set({ service, state }, 0);
      for (const { service, partitions } of samples)
        for (const [state, count] of Object.entries(partitions)) this.inc({ service, state }, count);
    },
  });
  const lag = new Gauge({
    name: "hybrid_lag_records",
    help: "Source records of the group that are not applied yet; NaN when the log cannot say.",
    labelNames: ["service"],
    registers: [registry],
    async collect() {
      this.reset();
      for (const sampler of samplers) {
        const sample = sampler();
        // A log that is away must not take the other metrics with it: NaN says that the lag is unknown.
        this.set({ service: sample.service }, await sample.lag().catch(() => Number.NaN));
      }
    },
  });
  return [...numbers, partitions, lag];
};

const createMetrics = (registry: Registry) => {
  const samplers = new Set<Sampler>();
  const expected = new Set<string>();
  return {
    registry,
    sampled: sampledGauges(registry, samplers, expected),
    ...countersOf(registry),
    ...histogramsOf(registry),
    clearLeft: new Gauge({
      name: "hybrid_clear_left",
      help: "States and records that an earlier release has left in clear and that are not sealed yet.",
      labelNames: ["service", "partition", "what"],
      registers: [registry],
    }),
    /** From now on there are figures of this service's partitions, zeros until it has any. */
    expect(service: string): void {
      expected.add(service);
    },
    /** Adds a running service to every scrape until the returned function is called. */
    sample(sampler: Sampler): () => void {
      samplers.add(sampler);
      return () => {
        samplers.delete(sampler);
      };
    },
  };
};

/** All metrics of the loop, labelled by service. */
export type RuntimeMetrics = ReturnType<typeof createMetrics>;

const known = new WeakMap<Registry, RuntimeMetrics>();

/** The loop's metrics on `registry`; the same ones whenever the same registry is given. */
export const runtimeMetrics = (registry: Registry): RuntimeMetrics => {
  const metrics = known.get(registry) ?? createMetrics(registry);
  known.set(registry, metrics);
  return metrics;
};
