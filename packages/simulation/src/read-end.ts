import { type GroupSettings, type Log, type LogRecord, pagesOf, type RestoredRecord } from "@hybrid/log";
import type { CheckFrame } from "./check/codecs.ts";
import type { History, PartitionRead, StateRead } from "./history.ts";

const readWhole = async (log: Log, topic: string, partition: number): Promise<PartitionRead> => {
  const { start, end } = await log.offsets(topic, partition);
  const records: LogRecord[] = [];
  for await (const page of pagesOf(log, { topic, partition }, { from: start })) records.push(...page);
  return { kind: "partitionRead", topic, partition, start, end, records };
};

const groupOf = ({
  service,
  sources,
  control,
  journal,
  checkpoint,
  partitions,
}: CheckFrame): GroupSettings => ({
  service,
  sources: [...sources.keys(), control.name],
  journal: journal.name,
  checkpoint: checkpoint.name,
  partitions,
});

/** Becomes the owner of every partition, as a new process would, and reads what it gets. */
const readStates = async (log: Log, frame: CheckFrame): Promise<readonly StateRead[]> => {
  const given = Array.from({ length: frame.partitions }, () => Promise.withResolvers<void>());
  const membership = await log.join(groupOf(frame), {
    assigned: (partition) => given[partition]?.resolve(),
    revoked: () => Promise.resolve(),
  });
  const reads: StateRead[] = [];
  for (const [partition, { promise }] of given.entries()) {
    await promise;
    const owned = await membership.fence(partition);
    const records: RestoredRecord[] = [];
    for await (const chunk of owned.restore()) records.push(...chunk);
    reads.push({ kind: "stateRead", partition, position: owned.position ?? null, records });
    await owned.close();
  }
  await membership.leave();
  return reads;
};

/**
 * Writes down everything that is in the log at the end of a run: sources, journal, outputs, dead letters, and
 * checkpoint and position of every partition. All workers must have stopped: it joins their group.
 */
export const readEnd = async (
  log: Log,
  history: History,
  { frame, stuck }: { readonly frame: CheckFrame; readonly stuck: string | null },
): Promise<void> => {
  const { sources, journal, emits, deadTopics, partitions } = frame;
  for (const topic of new Set([...sources.keys(), journal.name, ...emits.keys(), ...deadTopics]))
    for (let partition = 0; partition < partitions; partition++)
      history.record(await readWhole(log, topic, partition));
  for (const read of await readStates(log, frame)) history.record(read);
  history.record({ kind: "ended", stuck });
};
