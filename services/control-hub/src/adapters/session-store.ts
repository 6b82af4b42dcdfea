/**
 * Where sessions are kept: texts under keys that end by themselves, and lists of keys, so that those of one
 * person or organisation are found. What is kept lets nobody in who reads it.
 */
export interface SessionStore {
  /** Puts a text under a key, and the key on lists. */
  put(key: string, text: string, lists: readonly string[], lifeMs: number): Promise<void>;
  /** The text; null when there is none any more. */
  get(key: string): Promise<string | null>;
  /** Resolves with whether there was one. */
  remove(key: string): Promise<boolean>;
  /** Keys that were put on a list, the latest last; some of them may be gone. */
  listed(list: string): Promise<readonly string[]>;
  /** Whether it is the first time that this name is given, within `lifeMs` or so. */
  once(name: string, lifeMs: number): Promise<boolean>;
  close(): void;
}

/** Keys that a list holds at most; beyond them the oldest ones are not found by it any more. */
export const listedMax = 1_000;
