import { Writable } from "node:stream";
import {
  type CalendarChange,
  calendarChanges,
  type DeadLetter,
  deadLetterTopic,
  type SubscriptionLifecycle,
  signClientState,
  subscriptionLifecycle,
  type WebexHint,
  webexEvents,
} from "@hybrid/contracts";
import { type ActorId, instant, orgIdOf, partitionOf, userActor } from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import { pino } from "pino";
import { Registry } from "prom-client";
import { createIngest, type Ingest, type IngestOptions } from "../src/index.ts";
import { createMemoryLog, type MemoryLog } from "./memory-log.ts";

export const key = new Uint8Array(32).fill(7);
export const now = instant(1_800_000_000_000);
export const partitionCount = 8;
export const nora = userActor(orgIdOf("acme"), "nora");
export const omar = userActor(orgIdOf("acme"), "omar");

export interface Harness extends Ingest {
  readonly log: MemoryLog;
  /** Everything that was logged so far, at the finest level. */
  readonly logged: () => string;
  readonly registry: Registry;
  readonly post: (
    body: unknown,
    path?: string,
  ) => Promise<{ statusCode: number; headers: Record<string, unknown> }>;
  /** The value of a counter with these labels; 0 when it was never touched. */
  readonly metric: (name: string, labels: Readonly<Record<string, string>>) => Promise<number>;
}

export const startHarness = (changes: Partial<IngestOptions> = {}): Harness => {
  const log = createMemoryLog();
  const registry = new Registry();
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString("utf8"));
      done();
    },
  });
  const ingest = createIngest({
    log,
    clock: { now: () => now },
    clientStateKeys: [key],
    notificationPath: "/graph/notifications",
    lifecyclePath: "/graph/lifecycle",
    metricsRegistry: registry,
    logger: pino({ level: "trace" }, stream),
    partitionCount,
    ...changes,
  });
  return {
    ...ingest,
    log,
    registry,
    logged: () => lines.join(""),
    post: async (body, url = "/graph/notifications") =>
      ingest.app.inject({
        method: "POST",
        url,
        headers: { "content-type": "application/json" },
        payload: typeof body === "string" ? body : JSON.stringify(body),
      }),
    metric: async (name, labels) => {
      const { values } = (await registry.getSingleMetric(name)?.get()) ?? { values: [] };
      const wanted = Object.entries(labels);
      return (
        values.find((value) => wanted.every(([label, text]) => value.labels[label] === text))?.value ?? 0
      );
    },
  };
};

/** A change notification as Graph sends it for an event of this user. */
export const change = (to: ActorId, eventId: string, more: object = {}): Record<string, unknown> => ({
  subscriptionId: "5cfe2387-163c-4006-81bb-1b5e1e060afe",
  subscriptionExpirationDateTime: "2027-01-15T11:00:00.0000000Z",
  clientState: signClientState(to, key),
  changeType: "updated",
  resource: `Users/7c9e6679-7425-40de-944b-e07fc1f90ae7/Events/${eventId}`,
  tenantId: "aaaabbbb-0000-cccc-1111-dddd2222eeee",
  resourceData: {
    "@odata.type": "#Microsoft.Graph.Event",
    "@odata.id": `Users/7c9e6679-7425-40de-944b-e07fc1f90ae7/Events/${eventId}`,
    "@odata.etag": 'W/"DwAAABYAAAA"',
    id: eventId,
  },
  ...more,
});

/** A lifecycle notification as Graph sends it. */
export const lifecycle = (
  to: ActorId,
  lifecycleEvent: string,
  more: object = {},
): Record<string, unknown> => ({
  subscriptionId: "5cfe2387-163c-4006-81bb-1b5e1e060afe",
  subscriptionExpirationDateTime: "2027-01-15T11:00:00.0000000Z",
  tenantId: "aaaabbbb-0000-cccc-1111-dddd2222eeee",
  clientState: signClientState(to, key),
  lifecycleEvent,
  ...more,
});

export type Decoded =
  | { readonly topic: "calendar-changes"; readonly key: string | null; readonly value: CalendarChange }
  | {
      readonly topic: "subscription-lifecycle";
      readonly key: string | null;
      readonly value: SubscriptionLifecycle;
    }
  | { readonly topic: "webex-events"; readonly key: string | null; readonly value: WebexHint }
  | {
      readonly topic: "dead";
      readonly origin: string;
      readonly key: string | null;
      readonly value: DeadLetter;
    };

const deadChanges = deadLetterTopic("calendar-changes", []);
const deadLifecycle = deadLetterTopic("subscription-lifecycle", []);
const deadDeliveries = deadLetterTopic("webex-events", []);

/** Decodes a record and checks that it lies where its key says. */
export const decoded = (record: OutgoingRecord): Decoded => {
  const value = record.value ?? new Uint8Array();
  if (record.key !== null && partitionOf(record.key as ActorId, partitionCount) !== record.partition)
    throw new Error(`the record of ${record.key} lies in partition ${record.partition}`);
  if (!(record.partition >= 0 && record.partition < partitionCount)) throw new Error("no such partition");
  switch (record.topic) {
    case calendarChanges.name:
      return { topic: "calendar-changes", key: record.key, value: calendarChanges.decode(value) };
    case subscriptionLifecycle.name:
      return { topic: "subscription-lifecycle", key: record.key, value: subscriptionLifecycle.decode(value) };
    case webexEvents.name:
      return { topic: "webex-events", key: record.key, value: webexEvents.decode(value) };
    case deadDeliveries.name:
      return { topic: "dead", origin: "webex-events", key: record.key, value: deadDeliveries.decode(value) };
    case deadChanges.name:
      return { topic: "dead", origin: "calendar-changes", key: record.key, value: deadChanges.decode(value) };
    case deadLifecycle.name:
      return {
        topic: "dead",
        origin: "subscription-lifecycle",
        key: record.key,
        value: deadLifecycle.decode(value),
      };
    default:
      throw new Error(`unexpected topic ${record.topic}`);
  }
};
