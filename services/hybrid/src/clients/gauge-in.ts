import { Gauge, type GaugeConfiguration, type Registry } from "prom-client";

/** A gauge that several clients of one process set, each under its own labels: made once. */
export const gaugeIn = (
  registry: Registry,
  gauge: Pick<GaugeConfiguration<string>, "name" | "help" | "labelNames">,
): Gauge =>
  (registry.getSingleMetric(gauge.name) as Gauge | undefined) ??
  new Gauge({ ...gauge, registers: [registry] });
