import { Counter, Histogram, type Registry } from "prom-client";

/** An answer of a cloud usually takes 0.05 to 1 s; a call may take 30 s. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counter and histogram of the requests to one cloud; what is returned takes one request. */
export const requestsTo = (registry: Registry, cloud: "graph" | "webex", who: string) => {
  const registers = [registry];
  const [counted, timed] = [`hybrid_${cloud}_requests_total`, `hybrid_${cloud}_request_seconds`];
  // Several registrations of one process count together.
  const count =
    (registry.getSingleMetric(counted) as Counter | undefined) ??
    new Counter({
      name: counted,
      help: `Requests to ${who}, by operation and code.`,
      labelNames: ["operation", "code"],
      registers,
    });
  const seconds =
    (registry.getSingleMetric(timed) as Histogram | undefined) ??
    new Histogram({
      name: timed,
      help: `How long requests to ${who} took, in seconds, by operation; without waits before they left.`,
      labelNames: ["operation"],
      buckets,
      registers,
    });
  return ({ operation, code, ms }: { operation: string; code: string; ms: number }): void => {
    count.inc({ operation, code });
    seconds.observe({ operation }, ms / 1_000);
  };
};
