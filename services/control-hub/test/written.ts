import {
  type ArchiveCommand,
  type AuditEntry,
  archiveCommands,
  auditLog,
  type TopicContract,
} from "@hybrid/contracts";
import type { Log } from "@hybrid/log";
import { openTexts, openValue } from "@hybrid/sealing";
import type { TestVault } from "@hybrid/sealing/testing";

import { partitions } from "./scene.ts";

/** Every record of a topic, in order, with its key. */
export const written = async <Value>(log: Log, topic: TopicContract<Value>) => {
  const found: { readonly key: string | null; readonly value: Value }[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const { start, end } = await log.offsets(topic.name, partition);
    const bounds = { topic: topic.name, partition, offset: start, recordsMax: 1_000, bytesMax: 1 << 20 };
    if (end === start) continue;
    for (const { key, value } of (await log.read(bounds)).records)
      if (value !== null) found.push({ key, value: topic.decode(value) });
  }
  return found;
};

/** Every entry of the audit log, in order, with what is sealed in it open. */
export const audited = async (log: Log, vault: TestVault) =>
  (await written(log, auditLog)).map(({ key, value }) => {
    const entry = openTexts(openValue(value, vault)) as AuditEntry & { readonly sealedBy: string | null };
    const { sealedBy, byUser: _, sealedTexts: __, ...rest } = entry;
    return { key, value: { ...rest, by: entry.by || sealedBy || "" } };
  });

/** Every order to an archive connector, the same. */
export const archiveOrders = async (log: Log, vault: TestVault) =>
  (await written(log, archiveCommands)).map(
    ({ value }) => openTexts(openValue(value, vault)) as ArchiveCommand,
  );
