/** Names one key. */
export interface KeyName {
  /** The user or tenant whose key it is, as `<org>/u-…` or `<org>/t-…`. */
  readonly owner: string;
  /** Which of the owner's keys; empty: the one to seal with at present. */
  readonly id: string;
}

/** A key: 32 random bytes. */
export interface SealingKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** What keeps the keys, and can erase them. A port. */
export interface KeyVault {
  /**
   * The keys in the order of `names`, at most {@link namesPerAskMax}; null for one that was erased. Without a
   * present key the owner is given one, unless it may have none any more: then that is null too. Rejects when
   * the vault cannot be reached; that may pass.
   */
  keys(names: readonly KeyName[]): Promise<readonly (SealingKey | null)[]>;
}

/** The most keys that a vault is asked for at once. */
export const namesPerAskMax = 500;

/** Keys at hand: null for an erased one, undefined for one that has to be asked for first. */
export interface Keys {
  find(name: KeyName): SealingKey | null | undefined;
}

/** One text for each name. */
export const textOf = ({ owner, id }: KeyName): string => `${owner} ${id}`;

/** Keys are wanted that are not at hand: ask for them, then begin again. Nothing was changed. */
export class KeysMissing extends Error {
  override readonly name = "KeysMissing";
  readonly names: readonly KeyName[];

  constructor(names: readonly KeyName[]) {
    super(`keys are not at hand: ${names.map(textOf).join(", ")}`);
    this.names = names;
  }
}

/** The vault cannot be reached, or gives no sound answer; the same may succeed later. */
export class KeysUnavailableError extends Error {
  override readonly name = "KeysUnavailableError";
}
