import type { Log, Membership, OwnedPartition } from "@hybrid/log";
import type { History } from "./history.ts";

/** What {@link wrapLog} changes of a log; everything else goes through. */
export interface LogChanges {
  readonly append?: (append: Log["append"]) => Log["append"];
  readonly join?: (join: Log["join"]) => Log["join"];
}

/** A log with some of its ways changed; every method is passed on by hand, so any driver can be wrapped. */
export const wrapLog = (log: Log, changes: LogChanges): Log => {
  const append: Log["append"] = (records) => log.append(records);
  const join: Log["join"] = (...given) => log.join(...given);
  return {
    createTopics: (topics) => log.createTopics(topics),
    topics: () => log.topics(),
    append: changes.append?.(append) ?? append,
    read: (request) => log.read(request),
    grown: (places, signal) => log.grown(places, signal),
    offsets: (topic, partition) => log.offsets(topic, partition),
    join: changes.join?.(join) ?? join,
    lag: (group) => log.lag(group),
    clean: (now) => log.clean(now),
    close: () => log.close(),
  };
};

/** What a wrapper does not change of a membership, which may be of a class. */
export const passedOn = (membership: Membership): Omit<Membership, "fence"> => ({
  lastHeartbeatAt: () => membership.lastHeartbeatAt(),
  ...(membership.heldBytes
    ? { heldBytes: () => membership.heldBytes?.() ?? { sources: 0, restores: 0, dirty: 0 } }
    : {}),
  ...(membership.stableOffsetAgeMs ? { stableOffsetAgeMs: () => membership.stableOffsetAgeMs?.() ?? 0 } : {}),
  requireVersion: (partition, version) => membership.requireVersion(partition, version),
  waiting: () => membership.waiting(),
  waitsFor: () => membership.waitsFor(),
  leave: () => membership.leave(),
});

/** A membership whose owned partitions are changed. */
export const wrapMembership = (
  membership: Membership,
  change: (owned: OwnedPartition) => OwnedPartition,
): Membership => ({
  ...passedOn(membership),
  fence: async (partition) => change(await membership.fence(partition)),
});

/** A driver that takes no turns must look like one that takes none. */
const turnOf = (
  owned: OwnedPartition,
  changes: Pick<OwnedPartition, "turn">,
): Pick<OwnedPartition, "turn"> => {
  const turn = changes.turn ?? (owned.turn && (() => owned.turn?.() ?? Promise.resolve(() => undefined)));
  return turn ? { turn } : {};
};

/** An owned partition with some of its ways changed. */
export const wrapOwned = (
  owned: OwnedPartition,
  changes: Partial<
    Pick<OwnedPartition, "position" | "restore" | "poll" | "commit" | "turn" | "logTime" | "close">
  >,
): OwnedPartition => ({
  partition: owned.partition,
  epoch: owned.epoch,
  position: "position" in changes ? changes.position : owned.position,
  restore: changes.restore ?? (() => owned.restore()),
  poll: changes.poll ?? ((limit, signal) => owned.poll(limit, signal)),
  commit: changes.commit ?? ((batch) => owned.commit(batch)),
  ...turnOf(owned, changes),
  logTime: changes.logTime ?? (() => owned.logTime()),
  close: changes.close ?? (() => owned.close()),
});

/** A log whose owned partitions are changed. */
export const wrapOwners = (log: Log, change: (owned: OwnedPartition) => OwnedPartition): Log =>
  wrapLog(log, {
    join:
      (join) =>
      async (...given) =>
        wrapMembership(await join(...given), change),
  });

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** How what a log says is to be understood. */
export interface RecordingOptions {
  /**
   * Whether a commit that was rejected so may be there all the same: a driver behind a network does not know
   * what became of a request whose answer got lost. Never, when left out.
   */
  readonly isUnknown?: (error: unknown) => boolean;
}

interface Recorder extends RecordingOptions {
  readonly history: History;
  readonly owner: string;
}

const recordingOwned = (owned: OwnedPartition, { history, owner, isUnknown }: Recorder): OwnedPartition => {
  const { partition, epoch } = owned;
  return wrapOwned(owned, {
    async *restore() {
      const records = [];
      for await (const chunk of owned.restore()) {
        records.push(...chunk);
        yield chunk;
      }
      history.record({ kind: "restored", owner, partition, epoch, records });
    },
    async commit(batch) {
      const commitId = history.commitIdFor(owner);
      history.record({ kind: "commitStarted", commitId, owner, partition, epoch, batch });
      try {
        const receipt = await owned.commit(batch);
        history.record({ kind: "commitAcknowledged", commitId, receipt });
        return receipt;
      } catch (error) {
        const unknown = isUnknown?.(error) === true ? { unknown: true } : {};
        history.record({ kind: "commitRejected", commitId, error: nameOf(error), ...unknown });
        throw error;
      }
    },
  });
};

/**
 * A log that writes down what its user asks for and is told: records accepted, fences, restores, commits.
 * Works on any driver of the port; `owner` names the process or worker that uses it.
 */
export const recordingLog = (
  log: Log,
  history: History,
  owner: string,
  options: RecordingOptions = {},
): Log =>
  wrapLog(log, {
    append: (append) => async (records) => {
      const offsets = await append(records);
      for (const [index, { topic, partition, key }] of records.entries())
        history.record({ kind: "accepted", topic, partition, key, offset: offsets[index] ?? -1 });
      return offsets;
    },
    join:
      (join) =>
      async (...given) => {
        const membership = await join(...given);
        return {
          fence: async (partition) => {
            const askedAt = history.mark();
            const owned = await membership.fence(partition);
            const { epoch, position = null } = owned;
            history.record({ kind: "fenced", owner, partition, epoch, position, askedAt });
            return recordingOwned(owned, { ...options, history, owner });
          },
          ...passedOn(membership),
        };
      },
  });
