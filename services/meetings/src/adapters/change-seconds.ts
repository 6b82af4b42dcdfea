import { Histogram, type Registry } from "prom-client";

const name = "hybrid_meetings_change_seconds";

const histogramIn = (registry: Registry): Histogram<"to"> => {
  const known = registry.getSingleMetric(name);
  if (known instanceof Histogram) return known;
  return new Histogram({
    name,
    help: "Seconds from the notification of a change to the list, or to the first device, that shows it.",
    labelNames: ["to"],
    buckets: [0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300],
    registers: [registry],
  });
};

/** Observes how long changes take to come to lists or to devices; both have one metric. */
export const changeSeconds = (registry: Registry, to: "list" | "device"): ((ms: number) => void) => {
  const histogram = histogramIn(registry);
  return (ms) => histogram.observe({ to }, ms / 1_000);
};
