import { createHash } from "node:crypto";
import type { Clock } from "@hybrid/kernel";
import type { Log, OutgoingRecord } from "@hybrid/log";
import type { IngestMetrics, RequestOutcome } from "./ingest-metrics.ts";
import { deadBodyRecord, recordOf } from "./records.ts";
import { hasEncryptedContent, type ItemKind, type SortedItem, sortItem } from "./sort-items.ts";

/** What the intake works with. */
export interface IntakeSettings {
  readonly log: Pick<Log, "append">;
  readonly clock: Clock;
  readonly clientStateKeys: readonly Uint8Array[];
  readonly partitionCount: number;
  /** Appends under way at the same time; a request beyond that is refused with 503. */
  readonly appendsMax: number;
  /** An append that takes longer is answered 503, so that Graph does not call the address slow (3 s). */
  readonly appendTimeoutMs: number;
  readonly metrics: IngestMetrics;
  /** Told about an append that failed. */
  readonly appendFailed: (error: unknown, records: number) => void;
}

/** Makes the items of request bodies durable. */
export interface Intake {
  /** Never rejects for a failing log: the outcome says so. */
  receive(body: Buffer, defaultKind: ItemKind): Promise<RequestOutcome>;
  /** Appends that have not settled yet. */
  inFlight(): number;
}

/**
 * A real item has at least some 500 bytes, so no body of 1 MiB holds more than this many of them; without the
 * bound, a body of nothing but commas would become half a million dead letters.
 */
const itemsMax = 2_000;

type Items = { readonly items: readonly unknown[] } | { readonly fault: string };

const itemsOf = (body: Buffer): Items => {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    // The parser's message quotes the body, which is content: it is left out on purpose.
    return { fault: "not JSON" };
  }
  const value = typeof json === "object" && json !== null ? (json as { value?: unknown }).value : undefined;
  if (!Array.isArray(value)) return { fault: "no array named value" };
  return value.length > itemsMax ? { fault: `more than ${itemsMax} items` } : { items: value };
};

const timedOut = Symbol("timed out");

/** Resolves when `ms` of real time have passed: a network deadline, which no virtual clock moves. */
const deadline = (ms: number): { readonly passed: Promise<typeof timedOut>; readonly cancel: () => void } => {
  const { promise, resolve } = Promise.withResolvers<typeof timedOut>();
  const timer = setTimeout(() => resolve(timedOut), ms);
  return { passed: promise, cancel: () => clearTimeout(timer) };
};

/** Creates the intake. */
export const createIntake = (settings: IntakeSettings): Intake => {
  const { log, metrics } = settings;
  let inFlight = 0;

  const append = async (records: readonly OutgoingRecord[]): Promise<"accepted" | "unavailable"> => {
    inFlight++;
    const measured = metrics.appendSeconds.startTimer();
    try {
      await log.append(records);
      return "accepted";
    } catch (error) {
      settings.appendFailed(error, records.length);
      return "unavailable";
    } finally {
      measured();
      inFlight--;
    }
  };

  /**
   * An append that outlives the deadline keeps its slot until it settles; its records are then duplicates.
   */
  const appendInTime = async (
    records: readonly OutgoingRecord[],
  ): Promise<"accepted" | "unavailable" | "timedOut"> => {
    const { passed, cancel } = deadline(settings.appendTimeoutMs);
    const first = await Promise.race([append(records), passed]);
    cancel();
    return first === timedOut ? "timedOut" : first;
  };

  const count = (items: readonly SortedItem[], raw: readonly unknown[]): void => {
    for (const item of items)
      metrics.items.inc({ kind: item.kind, result: item.result === "refused" ? item.cause : item.result });
    metrics.encryptedContent.inc(raw.filter(hasEncryptedContent).length);
  };

  return {
    inFlight: () => inFlight,
    async receive(body, defaultKind) {
      if (inFlight >= settings.appendsMax) return "busy";
      const at = settings.clock.now();
      const place = { partitionCount: settings.partitionCount, at };
      const given = itemsOf(body);
      if ("fault" in given) {
        const digest = createHash("sha256").update(body).digest("hex");
        const dead = deadBodyRecord(
          defaultKind,
          { byteLength: body.length, digest, fault: given.fault },
          place,
        );
        const outcome = await appendInTime([dead]);
        return outcome === "accepted" ? "malformed" : outcome;
      }
      const rules = { clientStateKeys: settings.clientStateKeys, defaultKind, receivedAt: at };
      const sorted = given.items.map((item) => sortItem(item, rules));
      if (sorted.length === 0) return "accepted";
      const outcome = await appendInTime(sorted.map((item) => recordOf(item, place)));
      if (outcome === "accepted") count(sorted, given.items);
      return outcome;
    },
  };
};
