import type { GroupSettings, RestoredRecord } from "../../port.ts";
import type { Reader } from "../reading/reader.ts";
import type { DirtyActors } from "./dirty-actors.ts";
import { type PositionRecord, positionKey } from "./position-record.ts";

/** Marks a checkpoint record that says more than the journal: up to which offset it does. */
export const coversHeader = "covers";

/** What a restore reads, and whom it tells of what stands in the journal only. */
export interface RestoreParts {
  readonly group: GroupSettings;
  readonly partition: number;
  readonly reader: Reader;
  readonly found: PositionRecord;
  readonly ends: { readonly journal: number; readonly checkpoint: number };
  readonly starts: { readonly checkpoint: number };
  readonly dirty: DirtyActors;
}

async function* checkpointRecords(parts: RestoreParts): AsyncGenerator<readonly RestoredRecord[]> {
  const { group, partition, reader, ends, starts, dirty } = parts;
  const place = { topic: group.checkpoint, partition };
  for await (const records of reader.stream(place, starts.checkpoint, ends.checkpoint)) {
    const entries: RestoredRecord[] = [];
    for (const { key, value, headers } of records) {
      if (key === null || key === positionKey) continue;
      const actor = key as RestoredRecord["key"];
      const covers = headers?.[coversHeader];
      if (covers !== undefined) dirty.cover(actor, Number(covers));
      entries.push({ origin: "checkpoint", key: actor, value });
    }
    if (entries.length > 0) yield entries;
  }
}

async function* tailRecords(parts: RestoreParts, from: number): AsyncGenerator<readonly RestoredRecord[]> {
  const { group, partition, reader, ends, dirty } = parts;
  for await (const records of reader.stream({ topic: group.journal, partition }, from, ends.journal)) {
    const entries: RestoredRecord[] = [];
    for (const { key, value, offset } of records) {
      if (key === null || value === null) continue;
      const actor = key as RestoredRecord["key"];
      if (dirty.inherit(actor, offset)) entries.push({ origin: "journal", key: actor, value });
    }
    if (entries.length > 0) yield entries;
  }
}

/** See {@link OwnedPartition.restore}. */
export async function* restoredRecords(parts: RestoreParts): AsyncGenerator<readonly RestoredRecord[]> {
  yield* checkpointRecords(parts);
  const { tailFrom } = parts.found;
  if (tailFrom === null) return;
  yield* tailRecords(parts, tailFrom);
  parts.dirty.allRead();
}
