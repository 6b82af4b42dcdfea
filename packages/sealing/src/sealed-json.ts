import { openedOf, type Sealed, type SealScope, sealScopeOf } from "@hybrid/kernel";
import { openText, sealText } from "./box.ts";
import { changed, changedList } from "./changed.ts";
import { type KeyName, type Keys, KeysMissing, type SealingKey, textOf } from "./vault.ts";

/** A sealed value as it stands in journals, checkpoints and topics; an empty box: it was erased. */
export interface BoxedSealed {
  readonly sealedFor: string;
  readonly keyId: string;
  readonly box: string;
}

type AnySealed = Sealed<unknown> | BoxedSealed;

const mark = '"sealedFor"';

/** What is marked as sealed and holds nothing that could be is an ordinary object of the service. */
export const isSealed = (value: object): value is AnySealed =>
  "sealedFor" in value &&
  typeof value.sealedFor === "string" &&
  "keyId" in value &&
  typeof value.keyId === "string" &&
  ("value" in value || "box" in value || "erased" in value);

/** Replaces every sealed value; what holds none is given back unchanged. */
const replaced = (value: unknown, by: (sealed: AnySealed) => unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (isSealed(value)) return by(value);
  if (Array.isArray(value)) return changedList(value, (part) => replaced(part, by));
  return changed(value as Readonly<Record<string, unknown>>, (_, part) => replaced(part, by));
};

/** Finds keys, and notes those that are not at hand, so that all of them are asked for at once. */
class Wanted {
  readonly #keys: Keys;
  readonly #missing = new Map<string, KeyName>();

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  find(name: KeyName): SealingKey | null {
    const key = this.#keys.find(name);
    if (key === undefined) this.#missing.set(textOf(name), name);
    return key ?? null;
  }

  /** Throws {@link KeysMissing} when some were not at hand. */
  check(): void {
    if (this.#missing.size > 0) throw new KeysMissing([...this.#missing.values()]);
  }
}

const opened = (sealed: AnySealed, keys: Wanted): Sealed<unknown> => {
  if (!("box" in sealed)) return sealed;
  const { sealedFor, keyId, box } = sealed;
  const key = box === "" ? null : keys.find({ owner: sealedFor, id: keyId });
  if (key === null) return { sealedFor, keyId, erased: true };
  return { sealedFor, keyId, value: JSON.parse(openText(sealedFor, key, box)) as unknown };
};

const boxed = (sealed: AnySealed, keys: Wanted, scopes: readonly SealScope[]): BoxedSealed => {
  const { sealedFor, keyId } = sealed;
  const scope = sealScopeOf(sealedFor);
  if (!scope || !scopes.includes(scope))
    throw new TypeError(
      `a value is sealed for ${sealedFor}, and only these are declared: ${scopes.join(", ")}`,
    );
  if ("box" in sealed) return sealed;
  const key = "erased" in sealed ? null : keys.find({ owner: sealedFor, id: keyId });
  if (key === null || "erased" in sealed) return { sealedFor, keyId, box: "" };
  return { sealedFor, keyId: key.id, box: sealText(sealedFor, key, JSON.stringify(sealed.value ?? null)) };
};

const walked = (value: unknown, keys: Keys, turn: (sealed: AnySealed, keys: Wanted) => unknown): unknown => {
  const wanted = new Wanted(keys);
  const result = replaced(value, (sealed) => turn(sealed, wanted));
  wanted.check();
  return result;
};

const allScopes: readonly SealScope[] = ["user", "tenant", "organisation"];

/**
 * A value with every sealed part readable; a part whose key was erased says so. Throws {@link KeysMissing},
 * and DecodeError for damage.
 */
export const openValue = (value: unknown, keys: Keys): unknown => walked(value, keys, opened);

/**
 * A value with every sealed part encrypted, under the key that it had, or the owner's present one when it is
 * new; one whose key was erased stays erased. Throws {@link KeysMissing}, and TypeError for an owner whose
 * scope is not among `scopes`, all when these are left out.
 */
export const sealValue = (value: unknown, keys: Keys, scopes = allScopes): unknown =>
  walked(value, keys, (sealed, wanted) => boxed(sealed, wanted, scopes));

/** A value with what is sealed in it in place of the sealed parts; undefined for what was erased. */
export const bareValue = (value: unknown): unknown =>
  replaced(value, (sealed) => ("box" in sealed ? sealed : openedOf(sealed)));

/** Whether JSON may hold sealed parts. */
export const maySeal = (json: string): boolean => json.includes(mark);

/** Reads JSON that {@link sealJson} wrote, or any other. Throws as {@link openValue}, and SyntaxError. */
export const openJson = (text: string, keys: Keys): unknown => {
  const value: unknown = JSON.parse(text);
  return maySeal(text) ? openValue(value, keys) : value;
};

/** JSON with every sealed part of it encrypted. Throws as {@link sealValue}. */
export const sealJson = (json: string, keys: Keys, scopes = allScopes): string =>
  maySeal(json) ? JSON.stringify(sealValue(JSON.parse(json), keys, scopes)) : json;
