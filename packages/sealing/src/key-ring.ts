import { type Clock, type EpochMs, seconds } from "@hybrid/kernel";
import {
  type KeyName,
  type Keys,
  KeysMissing,
  KeysUnavailableError,
  type KeyVault,
  namesPerAskMax,
  type SealingKey,
  textOf,
} from "./vault.ts";

/** What a ring is made of. */
export interface KeyRingOptions {
  readonly vault: KeyVault;
  readonly clock: Clock;
  /** Keys held at the same time, 10,000 when left out: some 3 MB. */
  readonly keysMax?: number;
  /** How long one is held: so long an erased key may still be used. A minute when left out. */
  readonly keepMs?: number;
}

interface Held {
  readonly key: SealingKey | null;
  readonly until: EpochMs;
}

/** Keys of a process, for as long as one batch or one request needs them; not to be kept. */
export interface KeySession extends Keys {
  /** Asks for keys and has them at hand from then on. Rejects with {@link KeysUnavailableError}. */
  resolve(names: readonly KeyName[]): Promise<void>;
}

/** Does `work`, and does it again whenever it misses keys, once they were asked for. Rejects as it throws. */
export const withKeys = async <Result>(session: KeySession, work: () => Result): Promise<Result> => {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof KeysMissing)) throw error;
      await session.resolve(error.names);
    }
  }
};

/**
 * Keys at hand, asked of the vault when they are first wanted and held for a while; the ones that were asked
 * for longest ago go first.
 */
export class KeyRing {
  readonly #vault: KeyVault;
  readonly #clock: Clock;
  readonly #keysMax: number;
  readonly #keepMs: number;
  readonly #held = new Map<string, Held>();

  constructor({ vault, clock, keysMax = 10_000, keepMs = seconds(60) }: KeyRingOptions) {
    this.#vault = vault;
    this.#clock = clock;
    this.#keysMax = keysMax;
    this.#keepMs = keepMs;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Begins a batch or a request. */
  session(): KeySession {
    const own = new Map<string, SealingKey | null>();
    const find = (name: KeyName): SealingKey | null | undefined => {
      const text = textOf(name);
      const known = own.get(text);
      if (known !== undefined) return known;
      const held = this.#find(text);
      if (held !== undefined) own.set(text, held);
      return held;
    };
    return {
      find,
      resolve: async (names) => {
        const missing = names.filter((name) => find(name) === undefined);
        for (let from = 0; from < missing.length; from += namesPerAskMax) {
          const some = missing.slice(from, from + namesPerAskMax);
          for (const [n, key] of (await this.#ask(some)).entries()) own.set(textOf(some[n] as KeyName), key);
        }
      },
    };
  }

  #find(text: string): SealingKey | null | undefined {
    const held = this.#held.get(text);
    if (!held || held.until > this.#clock.now()) return held?.key;
    this.#held.delete(text);
    return undefined;
  }

  async #ask(names: readonly KeyName[]): Promise<readonly (SealingKey | null)[]> {
    const keys = await this.#vault.keys(names).catch((cause: unknown) => {
      throw new KeysUnavailableError("the vault of keys cannot be reached", { cause });
    });
    if (keys.length !== names.length)
      throw new KeysUnavailableError(`the vault gave ${keys.length} keys for ${names.length} names`);
    const until = (this.#clock.now() + this.#keepMs) as EpochMs;
    for (const [n, name] of names.entries()) {
      const key = keys[n] ?? null;
      // A present key is also known by its own id from now on.
      if (key && name.id === "") this.#hold(textOf({ ...name, id: key.id }), { key, until });
      this.#hold(textOf(name), { key, until });
    }
    return keys;
  }

  #hold(text: string, held: Held): void {
    this.#held.delete(text);
    this.#held.set(text, held);
    const oldest = this.#held.keys();
    while (this.#held.size > this.#keysMax) this.#held.delete(oldest.next().value as string);
  }
}
