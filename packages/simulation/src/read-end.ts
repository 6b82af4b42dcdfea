import type { GroupSettings, Log, RestoredRecord } from "@hybrid/log";
import { Archive } from "./archive.ts";
import type { CheckFrame } from "./check/codecs.ts";
import type { History, StateRead } from "./history.ts";

/** The consumer group of a checked service. */
export const groupOf = ({
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

/** How a run ended, and what is known of records that are deleted. */
export interface EndOfRun {
  readonly frame: CheckFrame;
  /** Why the system is not at rest; null when it is. */
  readonly stuck: string | null;
  /** Copies of what retention deleted in this run; none when left out. */
  readonly archive?: Archive;
}

/** The topics that a history is judged by: sources, journal, emitted topics and dead letters. */
export const topicsToRead = ({ sources, journal, emits, deadTopics }: CheckFrame): ReadonlySet<string> =>
  new Set([...sources.keys(), journal.name, ...emits.keys(), ...deadTopics]);

/**
 * Writes down everything that is in the log at the end of a run: sources, journal, outputs, dead letters, and
 * checkpoint and position of every partition. All workers must have stopped: it joins their group.
 */
export const readEnd = async (
  log: Log,
  history: History,
  { frame, stuck, archive = new Archive(log) }: EndOfRun,
): Promise<void> => {
  for (const topic of topicsToRead(frame))
    for (let partition = 0; partition < frame.partitions; partition++)
      history.record(await archive.read(topic, partition));
  for (const read of await readStates(log, frame)) history.record(read);
  history.record({ kind: "ended", stuck });
};
