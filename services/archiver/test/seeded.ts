/** Random numbers from a seed (mulberry32): every run draws the same. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A UUID made of a number and a letter that says what it is of. */
export const uuidOf = (kind: "e" | "c" | "d" | "f" | "b", number: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** A Webex id as one cluster or another writes it. */
export const webexId = (kind: string, uuid: string, cluster = "us"): string =>
  Buffer.from(`ciscospark://${cluster}/${kind}/${uuid}`).toString("base64url");
