import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** How a request to one of the addresses ended. */
export type RequestOutcome =
  | "validated"
  | "accepted"
  | "malformed"
  | "setAside"
  | "unauthenticated"
  | "unknown"
  | "tooLarge"
  | "wrongType"
  | "busy"
  | "unavailable"
  | "timedOut"
  | "failed";

/** The metrics of the service. */
export interface IngestMetrics {
  readonly inFlight: Gauge;
  readonly requests: Counter<"outcome">;
  readonly items: Counter<"kind" | "result">;
  readonly deliveries: Counter<"result">;
  readonly encryptedContent: Counter;
  readonly deadLettersWithheld: Counter;
  readonly appendSeconds: Histogram;
}

/** Registers the metrics; `inFlight` is read when the metrics are collected. */
export const createIngestMetrics = (registry: Registry, inFlight: () => number): IngestMetrics => {
  const registers = [registry];
  return {
    inFlight: new Gauge({
      name: "hybrid_ingest_in_flight",
      help: "Notification requests and appends under way.",
      registers,
      collect() {
        this.set(inFlight());
      },
    }),
    requests: new Counter({
      name: "hybrid_ingest_requests_total",
      help: "Requests to the addresses, by outcome.",
      labelNames: ["outcome"],
      registers,
    }),
    items: new Counter({
      name: "hybrid_ingest_items_total",
      help: "Notification items dealt with, by kind and result.",
      labelNames: ["kind", "result"],
      registers,
    }),
    deliveries: new Counter({
      name: "hybrid_ingest_webex_deliveries_total",
      help: "Deliveries of Webex webhooks dealt with, by result.",
      labelNames: ["result"],
      registers,
    }),
    encryptedContent: new Counter({
      name: "hybrid_ingest_encrypted_content_total",
      help: "Items with encrypted resource data, which nobody asked for and nobody reads.",
      registers,
    }),
    deadLettersWithheld: new Counter({
      name: "hybrid_ingest_dead_letters_withheld_total",
      help: "Dead letters of unauthenticated requests that were counted only, because too many came.",
      registers,
    }),
    appendSeconds: new Histogram({
      name: "hybrid_ingest_append_seconds",
      help: "Time until the items of a request were durable, in seconds.",
      // Graph calls an answer slow after 3 s, so the buckets are fine below that.
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10],
      registers,
    }),
  };
};
