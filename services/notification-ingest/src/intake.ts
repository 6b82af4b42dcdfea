import { createHash } from "node:crypto";
import type { Clock } from "@hybrid/kernel";
import type { Appender } from "./appender.ts";
import { itemsOf } from "./body-items.ts";
import type { DeadLetterLimit } from "./dead-letter-limit.ts";
import type { IngestMetrics, RequestOutcome } from "./ingest-metrics.ts";
import { deadBodyRecord, type RecordPlace, recordOf } from "./records.ts";
import { hasEncryptedContent, type ItemKind, isAnonymous, type SortedItem, sortItem } from "./sort-items.ts";

/** What the intake works with. */
export interface IntakeSettings {
  readonly appender: Appender;
  readonly clock: Clock;
  readonly clientStateKeys: readonly Uint8Array[];
  readonly partitionCount: number;
  /** Items of one body; a body with more is malformed. */
  readonly itemsMax: number;
  /** How many dead letters may be written for what nobody has authenticated. */
  readonly deadLetterLimit: DeadLetterLimit;
  readonly metrics: IngestMetrics;
  /** Told how many dead letters of unauthenticated requests were counted only. */
  readonly withheld: (deadLetters: number) => void;
}

/** Makes the items of request bodies durable. */
export interface Intake {
  /** Never rejects for a failing log: the outcome says so. */
  receive(body: Buffer, defaultKind: ItemKind): Promise<RequestOutcome>;
}

/** Creates the intake. */
export const createIntake = (settings: IntakeSettings): Intake => {
  const { metrics, appender } = settings;

  const count = (items: readonly SortedItem[], raw: readonly unknown[]): void => {
    for (const item of items)
      metrics.items.inc({ kind: item.kind, result: item.result === "refused" ? item.cause : item.result });
    metrics.encryptedContent.inc(raw.filter(hasEncryptedContent).length);
  };

  /** How many of `wanted` dead letters without a genuine sender may be written. */
  const allowed = (wanted: number): number => {
    const given = wanted === 0 ? 0 : settings.deadLetterLimit.take(wanted);
    if (given < wanted) settings.withheld(wanted - given);
    return given;
  };

  const receiveFault = async (fault: string, body: Buffer, kind: ItemKind, place: RecordPlace) => {
    if (allowed(1) === 0) return "malformed";
    const digest = createHash("sha256").update(body).digest("hex");
    const dead = deadBodyRecord(kind, { byteLength: body.length, digest, fault }, place);
    const outcome = await appender.inTime([dead]);
    return outcome === "accepted" ? "malformed" : outcome;
  };

  /** All items but the dead letters that are only counted. */
  const written = (sorted: readonly SortedItem[]): readonly SortedItem[] => {
    let left = allowed(sorted.filter(isAnonymous).length);
    return sorted.filter((item) => !isAnonymous(item) || left-- > 0);
  };

  return {
    async receive(body, defaultKind) {
      if (appender.isFull()) return "busy";
      const at = settings.clock.now();
      const place = { partitionCount: settings.partitionCount, at };
      const given = itemsOf(body, settings.itemsMax);
      if ("fault" in given) return await receiveFault(given.fault, body, defaultKind, place);
      const rules = { clientStateKeys: settings.clientStateKeys, defaultKind, receivedAt: at };
      const sorted = given.items.map((item) => sortItem(item, rules));
      const records = written(sorted).map((item) => recordOf(item, place));
      const outcome = records.length === 0 ? "accepted" : await appender.inTime(records);
      if (outcome === "accepted") count(sorted, given.items);
      return outcome;
    },
  };
};
