import type { Clock } from "@hybrid/kernel";
import { LRUCache } from "lru-cache";
import { listedMax, type SessionStore } from "./session-store.ts";

/** Beyond these the session that was longest unused is ended. */
const sessionsMax = 10_000;

interface Kept {
  readonly text: string;
  readonly lists: readonly string[];
  readonly endsAt: number;
}

/** Sessions in the memory of this process: a restart signs everybody out. */
export const memorySessions = (clock: Clock): SessionStore => {
  const kept = new LRUCache<string, Kept>({ max: sessionsMax });
  const seen = new Map<string, number>();
  const find = (key: string): Kept | undefined => {
    const found = kept.get(key);
    if (found === undefined || found.endsAt > clock.now()) return found;
    kept.delete(key);
    return undefined;
  };
  return {
    put: async (key, text, lists, lifeMs) => {
      kept.set(key, { text, lists, endsAt: clock.now() + lifeMs });
    },
    get: async (key) => find(key)?.text ?? null,
    remove: async (key) => find(key) !== undefined && kept.delete(key),
    // From the one that was used longest ago to the latest.
    listed: async (list) =>
      [...kept.rkeys()].filter((key) => kept.peek(key)?.lists.includes(list)).slice(-listedMax),
    once: async (name, lifeMs) => {
      const now = clock.now();
      for (const [each, endsAt] of seen) if (endsAt <= now) seen.delete(each);
      if (seen.has(name)) return false;
      seen.set(name, now + lifeMs);
      return true;
    },
    close: () => kept.clear(),
  };
};
