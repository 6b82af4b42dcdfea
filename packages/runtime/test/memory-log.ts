import type { VirtualClock } from "@hybrid/kernel/testing";
import type { Commit, Log, LogRecord, OwnedPartition, RestoredRecord } from "@hybrid/log";

/** What was committed at what time. */
export interface Committed {
  readonly at: number;
  readonly batch: Commit;
}

/**
 * A log of one partition in memory that restores a checkpoint, hands out what is published and notes what is
 * committed. It keeps nothing: cheap enough for a hundred thousand actors.
 */
export const memoryLog = (checkpoint: readonly RestoredRecord[], clock: VirtualClock) => {
  const commits: Committed[] = [];
  const published: LogRecord[] = [];
  let poller: (() => void) | undefined;
  const commit = async (batch: Commit) => {
    commits.push({ at: clock.now(), batch });
    return { journalOffset: 0, journalNextOffset: 0 };
  };
  const owned: OwnedPartition = {
    partition: 0,
    epoch: 1,
    position: { sources: {}, at: clock.now() },
    restore: async function* () {
      yield checkpoint;
    },
    poll: async ({ recordsMax }, signal) => {
      while (published.length === 0 && !signal.aborted)
        await new Promise<void>((resolve) => {
          poller = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      return published.splice(0, recordsMax);
    },
    commit,
    logTime: async () => clock.now(),
    close: async () => undefined,
  };
  const unused = () => Promise.reject(new Error("this test does not need it"));
  const log: Log = {
    createTopics: async () => undefined,
    topics: unused,
    append: async () => [],
    read: unused,
    grown: unused,
    offsets: async () => ({ start: 0, end: 0 }),
    join: async (_group, listener) => {
      setImmediate(() => listener.assigned(0));
      return {
        fence: async () => owned,
        lastHeartbeatAt: () => clock.now(),
        requireVersion: unused,
        waiting: () => [],
        waitsFor: () => null,
        leave: async () => undefined,
      };
    },
    lag: async () => [],
    clean: unused,
    close: async () => undefined,
  };
  const publish = (...records: readonly LogRecord[]): void => {
    published.push(...records);
    poller?.();
  };
  return { log, commits, publish };
};
