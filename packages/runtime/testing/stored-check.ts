import { isDeepStrictEqual } from "node:util";
import type { ActorId } from "@hybrid/kernel";
import { type Keys, openTexts, openValue, sealValue } from "@hybrid/sealing";
import type { RawTopology } from "../src/frame.ts";

const mailAddress = /[\w.+'-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/i;

/**
 * Throws for a text that a person could read, in what is stored or written, where all is sealed or an id.
 * `planted`: names and subjects to look for besides mail addresses.
 */
export const checkUnreadable = (what: string, text: string, planted?: RegExp): void => {
  const found = mailAddress.exec(text)?.[0] ?? planted?.exec(text)?.[0];
  if (found !== undefined) throw new Error(`${what} holds "${found}" in clear`);
};

/**
 * Throws for a stored state that has something in clear, or that sealing what an earlier release has stored
 * would not give again: the same state, only in clear, must come to the same boxes.
 */
export const checkSealedState = (
  topology: RawTopology,
  keys: Keys,
  { actor, state }: { readonly actor: ActorId; readonly state: string },
): void => {
  const { past, sealed } = topology;
  if (!past) return;
  const closed = JSON.parse(state) as unknown;
  if (past.stored(closed, actor) !== undefined) throw new Error(`the state of ${actor} is not sealed whole`);
  const opened = openValue(closed, keys);
  // Of what was erased nothing can be stored in clear.
  if (JSON.stringify(opened).includes('"erased":true')) return;
  const before = openTexts(opened);
  const again = sealValue(past.stored(before, actor) ?? before, keys, sealed);
  if (!isDeepStrictEqual(withoutKeyIds(again), withoutKeyIds(closed)))
    throw new Error(`the state of ${actor}, stored in clear, is not sealed to what it is today`);
  if (!isDeepStrictEqual(openTexts(openValue(again, keys)), before))
    throw new Error(`the state of ${actor}, stored in clear, says something else once it is sealed`);
};

/** Keys may be younger, which gives other boxes; a record that has nothing sealed says so by a null. */
const withoutKeyIds = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (name, part: unknown) => {
    if (name === "sealedTexts" && part === null) return undefined;
    return name === "keyId" || name === "box" ? null : part;
  });
