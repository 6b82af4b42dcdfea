import { type ActorId, entityOf } from "./ids.ts";

/** Whose data a sealed value is: a user's, a tenant's, or an organisation's, where it is nobody's alone. */
export type SealScope = "user" | "tenant" | "organisation";

/** A sealed value that can be read. */
export interface OpenSealed<Value> {
  /** Whose key seals it: `<org>/u-…`, `<org>/t-…`, or `<org>/o`. */
  readonly sealedFor: string;
  /** Which of that one's keys; empty until it has been written for the first time. */
  readonly keyId: string;
  readonly value: Value;
}

/** A sealed value whose key was erased: nobody can read it any more. */
export interface ErasedSealed {
  readonly sealedFor: string;
  readonly keyId: string;
  readonly erased: true;
}

/**
 * A value that leaves the process only encrypted (docs/DESIGN.md, "Content"), as machines and handlers have
 * it: JSON. A machine passes on the whole object, so that it stays under the key that it had.
 */
export type Sealed<Value> = OpenSealed<Value> | ErasedSealed;

/** The scope of a key's owner; undefined for what is neither a user, a tenant nor an organisation. */
export const sealScopeOf = (owner: string): SealScope | undefined => {
  const entity = entityOf(owner as ActorId);
  if (entity === "o") return "organisation";
  if (entity.length < 3 || entity.includes("#")) return undefined;
  if (entity.startsWith("u-")) return "user";
  return entity.startsWith("t-") ? "tenant" : undefined;
};

/** A new sealed value of a user, a tenant or an organisation. Throws TypeError for any other owner. */
export const sealedFor = <Value>(owner: ActorId, value: Value): OpenSealed<Value> => {
  if (!sealScopeOf(owner)) throw new TypeError(`${owner} is no user, tenant or organisation: it has no keys`);
  return { sealedFor: owner, keyId: "", value };
};

/** The value; undefined when it was erased. */
export const openedOf = <Value>(sealed: Sealed<Value>): Value | undefined =>
  "erased" in sealed ? undefined : sealed.value;
