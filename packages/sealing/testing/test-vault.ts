import { createHash } from "node:crypto";
import type { KeyName, Keys, KeyVault, SealingKey } from "../src/index.ts";

/**
 * A vault in memory whose keys follow from a seed, so that a test's records are the same in every run.
 * Erasing an owner's keys leaves the owner free to have a new one; one that is banned gets none.
 */
export class TestVault implements KeyVault, Keys {
  readonly #seed: string;
  readonly #latest = new Map<string, number>();
  readonly #erased = new Set<string>();
  readonly #banned = new Set<string>();
  /** The same object for the same key: what is derived from it is kept beside it. */
  readonly #made = new Map<string, SealingKey>();
  /** Names that were asked for, oldest first. */
  readonly asked: KeyName[] = [];
  /** Set: every question is answered with it. */
  failure: Error | undefined;

  constructor(seed = "test") {
    this.#seed = seed;
  }

  keys(names: readonly KeyName[]): Promise<readonly (SealingKey | null)[]> {
    if (this.failure) return Promise.reject(this.failure);
    this.asked.push(...names);
    return Promise.resolve(names.map((name) => this.find(name)));
  }

  /** All keys of the owner so far are gone; the next one is new. */
  erase(owner: string): void {
    const latest = this.#latest.get(owner) ?? 0;
    for (let id = 1; id <= latest; id++) this.#erased.add(`${owner} ${id}`);
    this.#latest.set(owner, latest + 1);
  }

  /** Erases and gives no new key. */
  ban(owner: string): void {
    this.erase(owner);
    this.#banned.add(owner);
  }

  /** At once, where no ring is wanted. */
  find({ owner, id }: KeyName): SealingKey | null {
    if (id === "" && this.#banned.has(owner)) return null;
    if (!this.#latest.has(owner)) this.#latest.set(owner, 1);
    const own = id === "" ? String(this.#latest.get(owner)) : id;
    if (this.#erased.has(`${owner} ${own}`)) return null;
    const name = `${owner} ${own}`;
    const known = this.#made.get(name);
    if (known) return known;
    const made = { id: own, bytes: createHash("sha256").update(`${this.#seed} ${name}`).digest() };
    this.#made.set(name, made);
    return made;
  }
}
