import type { ActorId } from "@hybrid/kernel";
import { changed } from "./changed.ts";
import { type Around, KnownSealed, mapped, togetherName } from "./sealed-fields.ts";

/**
 * Fields that are somebody's: those of one object are sealed as one value, which costs one box however many
 * they are. It stands beside them as `sealedTexts`.
 */
export interface SealedTogether {
  /** Fields by name, and what stands in their place: what their schema takes, and says nothing. */
  readonly together: Readonly<Record<string, null | "" | readonly never[]>>;
  /** Whose the fields of an object are; undefined: nobody's, they stay in clear. */
  readonly whose: (around: Around) => ActorId | undefined;
}

const saysNothing = (part: unknown): boolean =>
  part === null || part === undefined || part === "" || (Array.isArray(part) && part.length === 0);

/** A value with the named fields of each object sealed together. */
export const sealTogether = <Value>(
  value: Value,
  { together, whose }: SealedTogether,
  { actor, known = new KnownSealed() }: { readonly actor: ActorId; readonly known?: KnownSealed },
): Value => {
  const walk = (each: unknown): unknown =>
    known.closedOf(each) ??
    mapped(each, walk, (parent) => {
      const own = Object.entries(parent).filter(
        ([name, part]) => Object.hasOwn(together, name) && !saysNothing(part),
      );
      const owner = own.length === 0 ? undefined : whose({ parent, actor });
      if (owner === undefined) return changed(parent, (_, part) => walk(part));
      const names = new Set(own.map(([name]) => name));
      const rest = changed(parent, (name, part) => (names.has(name) ? together[name] : walk(part)));
      return { ...rest, [togetherName]: known.of(owner, Object.fromEntries(own)) };
    });
  return walk(value) as Value;
};
