import { distance } from "fastest-levenshtein";

/** Letters that may differ: a third of the word, and two in short ones. */
const differenceMax = (word: string): number => Math.max(2, Math.floor(word.length / 3));

const strays = (word: string, other: string): number => {
  const [a, b] = [word.toLowerCase(), other.toLowerCase()];
  // A word that was cut off, or goes on where the right one ends, is near whatever its length.
  const begins = Math.min(a.length, b.length) >= 4 && (a.startsWith(b) || b.startsWith(a));
  return begins ? 1 : distance(a, b);
};

/** The word of `words` that was probably meant; undefined when none is near. Case does not count. */
export const nearestOf = (word: string, words: Iterable<string>): string | undefined => {
  const near = [...words]
    .map((other) => ({ other, far: strays(word, other) }))
    .filter(({ far }) => far <= differenceMax(word))
    .sort((a, b) => a.far - b.far || (a.other < b.other ? -1 : 1));
  return near[0]?.other;
};

/** `; did you mean "x"?` behind a statement, or the full stop that ends it when no word is near. */
export const nearestHint = (word: string, words: Iterable<string>): string => {
  const nearest = nearestOf(word, words);
  return nearest === undefined ? "." : `; did you mean "${nearest}"?`;
};
