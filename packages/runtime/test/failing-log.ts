import type { ActorId } from "@hybrid/kernel";
import { type Commit, type Log, LogUnavailableError, type OwnedPartition } from "@hybrid/log";
import { readPartition } from "../testing/index.ts";

/** A log whose commits are refused whenever `fails` says so; nothing of a refused one is appended. */
export const failingLog = (
  log: Log,
  fails: (batch: Commit, owned: OwnedPartition) => boolean,
  error: () => Error = () => new LogUnavailableError("the disk has gone"),
): Log => ({
  ...log,
  join: async (group, ...given) => {
    const membership = await log.join(group, ...given);
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

/**
 * A log that restores as one with a lagging checkpoint does: the whole journal is its tail, on top of no
 * checkpoint or of today's. `keeps` may leave journal records out, by number.
 */
export const tailOnlyLog = (
  log: Log,
  checkpoints: "none" | "all",
  keeps: (index: number) => boolean = () => true,
): Log => ({
  ...log,
  join: async (group, ...given) => {
    const membership = await log.join(group, ...given);
    return {
      ...membership,
      fence: async (partition) => {
        const owned = await membership.fence(partition);
        const tail = (await readPartition(log, group.journal, partition)).filter((_, index) => keeps(index));
        return {
          ...owned,
          restore: async function* () {
            for await (const records of owned.restore()) if (checkpoints === "all") yield records;
            yield tail.map(({ key, value }) => ({
              origin: "journal" as const,
              key: key as ActorId,
              value: value ?? new Uint8Array(),
            }));
          },
        };
      },
    };
  },
});
