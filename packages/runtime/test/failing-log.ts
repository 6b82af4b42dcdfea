import { type Commit, type Log, LogUnavailableError, type OwnedPartition } from "@hybrid/log";

/** A log whose commits are refused whenever `fails` says so; nothing of a refused one is appended. */
export const failingLog = (
  log: Log,
  fails: (batch: Commit, owned: OwnedPartition) => boolean,
  error: () => Error = () => new LogUnavailableError("the disk has gone"),
): Log => ({
  ...log,
  join: async (group, listener) => {
    const membership = await log.join(group, listener);
    return {
      ...membership,
      fence: async (partition) => {
        const owned = await membership.fence(partition);
        return {
          ...owned,
          commit: async (batch) => {
            if (!fails(batch, owned)) return owned.commit(batch);
            throw error();
          },
        };
      },
    };
  },
});
