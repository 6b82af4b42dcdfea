import { calendarChanges, resyncRequests } from "@hybrid/contracts";
import type { ActorId } from "@hybrid/kernel";
import type { Commit, GroupSettings, Log, LogRecord, OwnedPartition } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { partitions } from "../subject.ts";
import { keepPace, type Pace, type PaceKeeper } from "./pace.ts";

const group: GroupSettings = {
  service: "driver",
  sources: [calendarChanges.name],
  journal: "driver.journal",
  checkpoint: "driver.checkpoint",
  partitions,
};

const limit = { recordsMax: 1_000, bytesMax: 4 * 1_024 * 1_024 };

/** A journal record of 300 bytes for each input, a record of 64 bytes on another topic for every tenth. */
const commitOf = (records: readonly LogRecord[], counts: Map<string, number>): Commit => {
  const clock = systemScheduler().now();
  const journal: Commit["journal"][number][] = [];
  const outputs: Commit["outputs"][number][] = [];
  for (const { key, value, partition } of records) {
    const actor = key as ActorId;
    const count = (counts.get(actor) ?? 0) + 1;
    counts.set(actor, count);
    const bytes = new Uint8Array(300).fill(count & 0xff);
    if (value) bytes.set(value.subarray(0, 200), 72);
    journal.push({ key: actor, value: bytes });
    if (count % 10 === 0)
      outputs.push({
        topic: resyncRequests.name,
        partition,
        key: actor,
        value: bytes.subarray(0, 64),
        timestamp: clock,
      });
  }
  const next = (records.at(-1)?.offset ?? -1) + 1;
  return {
    journal,
    outputs,
    checkpoint: [],
    position: { sources: { [calendarChanges.name]: next }, at: clock },
  };
};

const counts = new Map<string, number>();

const workOff = async (
  owned: OwnedPartition,
  work: { done: number; readonly keeper: PaceKeeper; readonly ended: AbortController },
): Promise<void> => {
  const { signal } = work.ended;
  const append = async (records: readonly LogRecord[]): Promise<void> => {
    await owned.commit(commitOf(records, counts));
    work.done += records.length;
    if (work.keeper.done(work.done)) work.ended.abort();
  };
  let records = await owned.poll(limit, signal);
  while (records.length > 0 && !signal.aborted)
    [records] = await Promise.all([owned.poll(limit, signal), append(records)]);
};

/** The driver alone, without the runtime: what was polled is journaled, one commit after the other. */
export const driverRound = async (log: Log, inputs: number): Promise<Pace> => {
  await log.createTopics([
    { name: group.journal, partitions, cleanup: "delete", retentionMs: null },
    { name: group.checkpoint, partitions, cleanup: "compact", retentionMs: null },
  ]);
  const all = Promise.withResolvers<void>();
  let assigned = 0;
  const membership = await log.join(group, {
    assigned: () => {
      if (++assigned === partitions) all.resolve();
    },
    revoked: () => Promise.resolve(),
  });
  await all.promise;
  const owned = await Promise.all(
    Array.from({ length: partitions }, (_, partition) => membership.fence(partition)),
  );
  for (const each of owned) for await (const records of each.restore()) void records;
  const work = { done: 0, keeper: keepPace(inputs), ended: new AbortController() };
  await Promise.all(owned.map((each) => workOff(each, work)));
  await membership.leave();
  return work.keeper.pace();
};
