import { calendarChanges, checkpointTopic, journalTopic, topicSettings } from "@hybrid/contracts";
import { type ActorId, instant, partitionOf } from "@hybrid/kernel";
import type { CheckpointEntry, GroupSettings, Log, OwnedPartition } from "@hybrid/log";
import { noteOf, partitions, type SubjectState, subjectActor, subjectTopology } from "./subject.ts";

const journal = journalTopic(subjectTopology.service);
const checkpoint = checkpointTopic(subjectTopology.service);

const group: GroupSettings = {
  service: subjectTopology.service,
  sources: [calendarChanges.name],
  journal: journal.name,
  checkpoint: checkpoint.name,
  partitions,
};

/** A place of our own in the service's group, with every partition fenced. */
export const fenceAll = async (
  log: Log,
): Promise<{ readonly owned: readonly OwnedPartition[]; readonly leave: () => Promise<void> }> => {
  await log.createTopics(
    [calendarChanges, journal, checkpoint].map((each) => topicSettings(each, partitions)),
  );
  const given = Promise.withResolvers<void>();
  let assigned = 0;
  const membership = await log.join(group, {
    assigned: () => {
      if (++assigned === partitions) given.resolve();
    },
    revoked: () => Promise.resolve(),
  });
  await given.promise;
  const owned: OwnedPartition[] = [];
  for (let partition = 0; partition < partitions; partition++) owned.push(await membership.fence(partition));
  return { owned, leave: () => membership.leave() };
};

const startAt = Date.UTC(2026, 0, 5, 8);
const dayMs = 86_400_000;

/** An idle actor's checkpoint record of exactly `bytes` bytes; its timer is due in a year's time or later. */
const recordOf = (n: number, bytes: number): Uint8Array => {
  const dueAt = Date.now() + 300 * dayMs + ((n * 7_919) % dayMs);
  const encode = (noteLength: number): Uint8Array => {
    const note = noteOf(n, noteLength);
    const state: SubjectState = { count: n + 1, eventId: "", etag: "", note, dueAt };
    return checkpoint.encode({
      seq: n + 1,
      at: startAt,
      stateVersion: 1,
      state: JSON.stringify(state),
      pending: [],
      suppressed: [],
      parked: null,
    });
  };
  const least = encode(0).length;
  // The note's length stands in front of the state as a number of variable size, hence the second look.
  const guess = encode(Math.max(0, bytes - least));
  return guess.length <= bytes ? guess : encode(Math.max(0, bytes - least - (guess.length - bytes)));
};

/** How actors come into a log. */
export interface PopulationSettings {
  /**
   * With a journal record for each, as the steps of a service have it: only those are stored without a
   * remark that the checkpoint alone knows them. False when left out.
   */
  readonly journaled?: boolean;
}

const journalValue = new Uint8Array(1);

const commitEntries = async (
  owned: OwnedPartition,
  entries: readonly CheckpointEntry[],
  { journaled = false }: PopulationSettings,
): Promise<void> => {
  const position = { sources: { [calendarChanges.name]: 0 }, at: instant(startAt) };
  const journal = journaled ? entries.map(({ key }) => ({ key, value: journalValue })) : [];
  await owned.commit({ journal, outputs: [], checkpoint: entries, position });
};

const entriesPerCommit = 2_000;

/** Fills a log's checkpoint with idle actors of `bytes` encoded bytes each. */
export const populate = async (
  log: Log,
  actors: number,
  bytes: number,
  settings: PopulationSettings = {},
): Promise<void> => {
  const { owned, leave } = await fenceAll(log);
  const waiting: CheckpointEntry[][] = owned.map(() => []);
  for (let n = 0; n < actors; n++) {
    const key: ActorId = subjectActor(n);
    const partition = partitionOf(key, partitions);
    const entries = waiting[partition] ?? [];
    entries.push({ key, value: recordOf(n, bytes) });
    const owner = owned[partition];
    if (entries.length === entriesPerCommit && owner) await commitEntries(owner, entries.splice(0), settings);
  }
  for (const [partition, owner] of owned.entries())
    await commitEntries(owner, waiting[partition] ?? [], settings);
  await leave();
};
