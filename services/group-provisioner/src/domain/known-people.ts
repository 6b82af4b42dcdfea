/**
 * Whom the group is known to have had, as one text of 32 digits each: a team of a thousand people stays well
 * within what a state may have.
 */
export type KnownPeople = string;

/** Nobody is known. */
export const nobodyKnown: KnownPeople = "";

const packed = (objectId: string): string => objectId.replaceAll("-", "").toLowerCase();

const unpacked = (digits: string): string =>
  digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const split = (known: KnownPeople): ReadonlySet<string> => new Set(known.match(/.{32}/g) ?? []);

/** These people by object id, `max` at most: of the others it is not known later that they left. */
export const knownOf = (objectIds: readonly string[], max: number): KnownPeople =>
  [...new Set(objectIds.map(packed))].slice(0, max).join("");

/** After some came and some left. */
export const knownAfter = (
  known: KnownPeople,
  { came, left }: { readonly came: readonly string[]; readonly left: readonly string[] },
  max: number,
): KnownPeople => {
  const all = new Set(split(known));
  for (const objectId of left) all.delete(packed(objectId));
  for (const objectId of came) if (all.size < max) all.add(packed(objectId));
  return [...all].join("");
};

/** Object ids of those who were known and are not present. */
export const leftSince = (known: KnownPeople, present: Iterable<string>): readonly string[] => {
  const here = new Set([...present].map(packed));
  return [...split(known)].filter((digits) => !here.has(digits)).map(unpacked);
};
