import {
  type ActorId,
  actorIdOf,
  entityKeyOf,
  openedOf,
  orgOf,
  type Sealed,
  sealedFor,
  sealScopeOf,
} from "@hybrid/kernel";
import { changed, changedList } from "./changed.ts";
import { isSealed } from "./sealed-json.ts";

/** The field of an object that has others of it sealed together. */
export const togetherName = "sealedTexts";

/** Where a text stands. */
export interface Around {
  /** The object that has it. */
  readonly parent: Readonly<Record<string, unknown>>;
  /** The actor whose it is: by its own state, or because it is sent there. */
  readonly actor: ActorId;
}

/** Whose a text is, by the name of its field; undefined: nobody's, it stays in clear. */
export type SealedFields = Readonly<Record<string, (around: Around) => ActorId | undefined>>;

/** What was sealed already when a step began: what stays the same stays under its key. */
export class KnownSealed {
  readonly #values = new Map<string, Sealed<unknown>>();
  readonly #keyIds = new Map<string, string>();
  #closed = new WeakMap<object, object>();

  note(sealed: Sealed<unknown>): void {
    const { sealedFor: owner, keyId } = sealed;
    if (!("value" in sealed)) return;
    this.#values.set(`${owner} ${JSON.stringify(sealed.value)}`, sealed);
    if (keyId !== "" && !this.#keyIds.has(owner)) this.#keyIds.set(owner, keyId);
  }

  /** An object was opened: while a machine passes it on unchanged, it is what it was. */
  noteOpened(opened: unknown, closed: object): void {
    if (isObject(opened) && opened !== closed) this.#closed.set(opened, closed);
  }

  /** What was opened, as it was; undefined for what was not, or is new. */
  closedOf(opened: unknown): object | undefined {
    return isObject(opened) ? this.#closed.get(opened) : undefined;
  }

  /** From now on every object is sealed again, under the keys that are known. */
  forgetObjects(): void {
    this.#closed = new WeakMap();
  }

  of(owner: ActorId, value: unknown): Sealed<unknown> {
    const known = this.#values.get(`${owner} ${JSON.stringify(value)}`);
    if (known) return known;
    const made = { ...sealedFor(owner, value), keyId: this.#keyIds.get(owner) ?? "" };
    this.note(made);
    return made;
  }
}

/** A value with its parts replaced, if it is a list, or itself, if it is an object; what is sealed stays. */
export const mapped = (
  value: unknown,
  walk: (part: unknown) => unknown,
  by: (object: Readonly<Record<string, unknown>>) => unknown,
): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return changedList(value, walk);
  if (isSealed(value)) return value;
  return by(value as Readonly<Record<string, unknown>>);
};

/** A value with the texts of some fields sealed for whom they are about. */
export const sealTexts = (
  value: unknown,
  fields: SealedFields,
  { actor, known }: { readonly actor: ActorId; readonly known: KnownSealed },
): unknown => {
  const walk = (each: unknown): unknown =>
    mapped(each, walk, (parent) =>
      changed(parent, (name, part) => {
        const ownerOf = Object.hasOwn(fields, name) ? fields[name] : undefined;
        const owner =
          ownerOf && typeof part === "string" && part !== "" ? ownerOf({ parent, actor }) : undefined;
        return owner === undefined ? walk(part) : known.of(owner, part);
      }),
    );
  return walk(value);
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/**
 * A value with its sealed texts in place, and an empty one where the text was erased; they are noted. What
 * was sealed together is back in its fields.
 */
export const openTexts = (value: unknown, known = new KnownSealed()): unknown => {
  let erased = 0;
  const opened = (object: Readonly<Record<string, unknown>>): unknown => {
    if (!Object.hasOwn(object, togetherName)) return changed(object, (_, part) => walk(part));
    const { [togetherName]: sealed, ...rest } = object;
    const parts = walk(sealed);
    return { ...changed(rest, (_, part) => walk(part)), ...(isObject(parts) ? parts : {}) };
  };
  const walk = (each: unknown): unknown => {
    if (!isObject(each)) return each;
    if (isSealed(each)) {
      if ("box" in each) return each;
      known.note(each);
      if ("erased" in each) erased += 1;
      return openedOf(each) ?? "";
    }
    const before = erased;
    const result = Array.isArray(each)
      ? changedList(each, walk)
      : opened(each as Readonly<Record<string, unknown>>);
    // Nothing is kept of what was erased.
    if (erased === before) known.noteOpened(result, each);
    return result;
  };
  return walk(value);
};

/** The field of a record that has a text sealed: the text's own field is of releases that had it in clear. */
const sealedName = (name: string): string => `sealed${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** A record with the sealed texts in fields of their own, and nothing in those of earlier releases. */
export const toRecord = (value: unknown, fields: SealedFields): unknown =>
  mapped(
    value,
    (part) => toRecord(part, fields),
    (object) =>
      Object.fromEntries(
        Object.entries(object).flatMap(([name, part]): readonly (readonly [string, unknown])[] => {
          if (!Object.hasOwn(fields, name)) return [[name, toRecord(part, fields)]];
          const isClosed = typeof part === "object" && part !== null && isSealed(part);
          return [
            [name, isClosed ? "" : part],
            [sealedName(name), isClosed ? part : null],
          ];
        }),
      ),
  );

/** A record with its sealed texts where earlier releases had them in clear: undoes {@link toRecord}. */
export const fromRecord = <Value>(value: Value, fields: SealedFields): Value => {
  const hidden = new Map(Object.keys(fields).map((name) => [sealedName(name), name]));
  const walk = (each: unknown): unknown =>
    mapped(each, walk, (object) => {
      const sealed = Object.keys(object).filter((name) => hidden.has(name));
      if (sealed.length === 0) return changed(object, (_, part) => walk(part));
      const plain = Object.entries(object).filter(([name]) => !hidden.has(name));
      const texts = sealed.flatMap((name) =>
        object[name] === null ? [] : [[hidden.get(name) as string, object[name]] as const],
      );
      return Object.fromEntries([...plain.map(([name, part]) => [name, walk(part)] as const), ...texts]);
    });
  return walk(value) as Value;
};

/** The user whose actor has a text; nobody where it is no user's. */
export const ownUser = ({ actor }: Pick<Around, "actor">): ActorId | undefined =>
  sealScopeOf(actor) === "user" ? entityKeyOf(actor) : undefined;

/** The user whose actor has a text, else the organisation: for what belongs to nobody alone. */
export const userOrOrganisation = ({ actor }: Pick<Around, "actor">): ActorId =>
  ownUser({ actor }) ?? organisationOf(actor);

/** The organisation of an actor, as an owner of keys. */
export const organisationOf = (actor: ActorId): ActorId => actorIdOf(`${orgOf(actor)}/o`);
