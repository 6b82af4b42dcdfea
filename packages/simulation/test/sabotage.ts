import { checkpointTopic } from "@hybrid/contracts";
import {
  type Commit,
  type CommitReceipt,
  FencedError,
  type Log,
  type LogRecord,
  LogUnavailableError,
  type OwnedPartition,
  type RestoredRecord,
} from "@hybrid/log";
import { wrapLog, wrapMembership, wrapOwned, wrapOwners } from "../src/index.ts";

type Change = (log: Log) => Log;

const commits =
  (change: (batch: Commit) => Commit): Change =>
  (log) =>
    wrapOwners(log, (owned) => wrapOwned(owned, { commit: (batch) => owned.commit(change(batch)) }));

const polls =
  (change: (records: readonly LogRecord[]) => readonly LogRecord[]): Change =>
  (log) =>
    wrapOwners(log, (owned) =>
      wrapOwned(owned, { poll: async (limit, signal) => change(await owned.poll(limit, signal)) }),
    );

const restores =
  (change: (records: readonly RestoredRecord[]) => readonly RestoredRecord[]): Change =>
  (log) =>
    wrapOwners(log, (owned) =>
      wrapOwned(owned, {
        async *restore() {
          const all = [];
          for await (const chunk of owned.restore()) all.push(...chunk);
          yield change(all);
        },
      }),
    );

/** A commit of an owner that was shut out becomes the newest owner's. */
export const skipTheFence = (): Change => {
  const newest = new Map<string, OwnedPartition>();
  return (log) =>
    wrapLog(log, {
      join: (join) => async (group, listener, worker) =>
        wrapMembership(await join(group, listener, worker), (owned) => {
          const place = `${group.journal}/${owned.partition}`;
          newest.set(place, owned);
          return wrapOwned(owned, {
            commit: async (batch) => {
              try {
                return await owned.commit(batch);
              } catch (error) {
                const heir = newest.get(place);
                if (!(error instanceof FencedError) || !heir || heir === owned) throw error;
                return heir.commit(batch);
              }
            },
          });
        }),
    });
};

/** The position record never changes. */
export const skipThePosition: Change = commits((batch) => ({
  ...batch,
  position: { ...batch.position, sources: {} },
}));

/** The first record of every poll comes twice. */
export const pollTwice: Change = polls((records) => [...records.slice(0, 1), ...records]);

/** The second record of every poll of several is passed over. */
export const pollSkips: Change = polls((records) =>
  records.length > 2 ? records.filter((_, index) => index !== 1) : records,
);

/** The records of a poll come last one first. */
export const pollReversed: Change = polls((records) => records.toReversed());

/** A restore forgets the last actor. */
export const loseTheTail: Change = restores((records) => records.slice(0, -1));

/** A restore gives every actor without its pending calls. */
export const forgetCalls: Change = restores((records) => {
  const topic = checkpointTopic("bank");
  return records.map((record) =>
    record.value === null
      ? record
      : { ...record, value: topic.encode({ ...topic.decode(record.value), pending: [] }) },
  );
});

/** A restore gives other states than were stored. */
export const alterStates: Change = restores((records) => {
  const topic = checkpointTopic("bank");
  return records.map((record) => {
    if (record.value === null) return record;
    const actor = topic.decode(record.value);
    return {
      ...record,
      value: topic.encode({ ...actor, state: actor.state.replace(/"cents":\d+/, '"cents":666') }),
    };
  });
});

/** A commit says yes at once and does nothing. */
export const sayYesAndDrop = (times: number): Change => {
  let left = times;
  return (log) =>
    wrapOwners(log, (owned) =>
      wrapOwned(owned, {
        commit: async (batch): Promise<CommitReceipt> => {
          if (batch.journal.length === 0 || left-- <= 0) return owned.commit(batch);
          return { journalOffset: 1_000_000, journalNextOffset: 1_000_000 + batch.journal.length };
        },
      }),
    );
};

/** A commit says no and does it all the same. */
export const sayNoAndDo = (): Change => {
  let left = 1;
  return (log) =>
    wrapOwners(log, (owned) =>
      wrapOwned(owned, {
        commit: async (batch) => {
          const receipt = await owned.commit(batch);
          if (batch.journal.length === 0 || left-- <= 0) return receipt;
          throw new LogUnavailableError("the answer got lost");
        },
      }),
    );
};

/** Outputs are left out of every batch. */
export const dropOutputs: Change = commits((batch) => ({ ...batch, outputs: [] }));

/** Every output is written twice. */
export const doubleOutputs: Change = commits((batch) => ({
  ...batch,
  outputs: batch.outputs.flatMap((output) => [output, output]),
}));

/** The last journal record of every batch of several is left out. */
export const dropJournalEnd: Change = commits((batch) => ({
  ...batch,
  journal: batch.journal.length > 1 ? batch.journal.slice(0, -1) : batch.journal,
}));

/** Batches do not reach the checkpoint. */
export const skipTheCheckpoint: Change = commits((batch) => ({ ...batch, checkpoint: [] }));

/** A journal record too many stands in every batch. */
export const addToJournal: Change = commits((batch) => ({
  ...batch,
  journal: [...batch.journal, ...batch.journal.slice(-1)],
}));

/** Every owner gets the same epoch. */
export const repeatTheEpoch: Change = (log) =>
  wrapOwners(log, (owned) => ({ ...wrapOwned(owned, {}), epoch: 1 }));

/** Goes on, and starts calls, before the commit is answered. */
export const doNotWaitForCommits: Change = (log) =>
  wrapOwners(log, (owned) => {
    let last: Promise<unknown> = Promise.resolve();
    let failure: unknown;
    return wrapOwned(owned, {
      commit: async (batch): Promise<CommitReceipt> => {
        if (failure !== undefined) throw failure;
        last = last
          .then(() => new Promise((resolve) => setImmediate(() => setImmediate(resolve))))
          .then(() => owned.commit(batch))
          .catch((error: unknown) => {
            failure = error;
          });
        return { journalOffset: 0, journalNextOffset: 0 };
      },
    });
  });

/** Commits without a transaction: nobody can shut this owner out, and nothing says where to resume. */
export const commitPlainly: Change = (log) =>
  wrapLog(log, {
    join:
      (join) =>
      async (group, ...rest) =>
        wrapMembership(await join(group, ...rest), (owned) =>
          wrapOwned(owned, {
            commit: async ({ journal, outputs, position }): Promise<CommitReceipt> => {
              const { partition } = owned;
              const place = { topic: group.journal, partition, timestamp: position.at };
              const offsets = await log.append([
                ...journal.map((entry) => ({ ...place, ...entry })),
                ...outputs,
              ]);
              const journalOffset = offsets[0] ?? 0;
              return { journalOffset, journalNextOffset: journalOffset + journal.length };
            },
          }),
        ),
  });
