import type { Clock } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";
import type { Appender } from "./appender.ts";
import type { DeadLetterLimit } from "./dead-letter-limit.ts";
import type { IngestMetrics, RequestOutcome } from "./ingest-metrics.ts";
import { type ArrivedDelivery, type SortedDelivery, sortDelivery } from "./webex-delivery.ts";
import { deliveryRecord } from "./webex-records.ts";

/** What the intake of deliveries works with. */
export interface WebexIntakeSettings {
  readonly appender: Appender;
  readonly clock: Clock;
  readonly keys: readonly Uint8Array[];
  readonly partitionCount: number;
  /** How many dead letters may be written for what nobody has authenticated. */
  readonly deadLetterLimit: DeadLetterLimit;
  readonly metrics: IngestMetrics;
  /** Told how many dead letters of unauthenticated requests were counted only. */
  readonly withheld: (deadLetters: number) => void;
}

/** Makes deliveries of Webex webhooks durable. */
export interface WebexIntake {
  /** Never rejects for a failing log: the outcome says so. */
  receive(delivery: ArrivedDelivery): Promise<RequestOutcome>;
}

/** Occurrences that this process remembers; some 10 MiB. */
const occurrencesMax = 50_000;

type Appended = Awaited<ReturnType<Appender["inTime"]>>;

/** Creates the intake. */
export const createWebexIntake = (settings: WebexIntakeSettings): WebexIntake => {
  const { appender, metrics, deadLetterLimit } = settings;
  const known = new LRUCache<string, Promise<Appended>>({ max: occurrencesMax });

  const append = async (delivery: SortedDelivery): Promise<Appended> => {
    const place = { partitionCount: settings.partitionCount, at: settings.clock.now() };
    return await appender.inTime([deliveryRecord(delivery, place)]);
  };

  const count = (result: "accepted" | "repeated" | "unauthenticated" | "malformed"): void =>
    metrics.deliveries.inc({ result });

  const setAside = async (delivery: SortedDelivery & { result: "refused" }): Promise<RequestOutcome> => {
    const { cause } = delivery;
    if (cause === "unauthenticated" && deadLetterLimit.take(1) === 0) {
      settings.withheld(1);
      count(cause);
      return cause;
    }
    const appended = await append(delivery);
    if (appended !== "accepted") return appended;
    count(cause);
    return cause === "malformed" ? "setAside" : cause;
  };

  /** What is durable already is not appended again; what failed is forgotten, so that it may come again. */
  const once = async (delivery: SortedDelivery, occurrence: string): Promise<Appended> => {
    const before = known.get(occurrence);
    if (before !== undefined) {
      const appended = await before;
      if (appended === "accepted") count("repeated");
      return appended;
    }
    const appending = append(delivery);
    known.set(occurrence, appending);
    const appended = await appending;
    if (appended === "accepted") count("accepted");
    else known.delete(occurrence);
    return appended;
  };

  return {
    async receive(arrived) {
      if (appender.isFull()) return "busy";
      const rules = { keys: settings.keys, receivedAt: settings.clock.now() };
      const delivery = sortDelivery(arrived, rules);
      if (delivery.result === "refused") return await setAside(delivery);
      const { occurrence } = delivery.value;
      if (occurrence !== null) return await once(delivery, occurrence);
      const appended = await append(delivery);
      if (appended === "accepted") count("accepted");
      return appended;
    },
  };
};
