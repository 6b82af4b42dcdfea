import { join } from "node:path";
import type { LogPlace } from "@hybrid/hybrid";
import { hours } from "@hybrid/kernel";
import { startKafka } from "@hybrid/tools/kafka-local";

/** What carries the play's records, and its end. */
export interface Carrier {
  readonly place: LogPlace;
  close(): Promise<void>;
}

/** Short, so that the services' restart after their kill does not keep the person waiting. */
const sessionTimeoutMs = 6_000;

/** A file in the play's folder, or a Kafka broker of its own. */
export const openCarrier = async (kind: "embedded" | "kafka", folder: string): Promise<Carrier> => {
  if (kind === "embedded")
    return {
      place: { kind, path: join(folder, "hybrid.log.sqlite"), synced: false },
      close: async () => undefined,
    };
  const broker = await startKafka({
    folder: join(folder, "kafka"),
    // The play's day lies in the past: by the broker's clock, retention would take all of it at once.
    properties: { "log.retention.check.interval.ms": String(hours(24)), "log.cleaner.enable": "false" },
  });
  return {
    place: { kind, brokers: broker.brokers, clientId: "hybrid-demo", sessionTimeoutMs },
    close: () => broker.stop(),
  };
};
