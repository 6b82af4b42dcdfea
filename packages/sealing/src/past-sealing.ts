import type { ActorId, PastSealing } from "@hybrid/kernel";
import { KnownSealed, openTexts } from "./sealed-fields.ts";
import { asRecord, ofRecord, sealed, type WhoseTexts } from "./whose-texts.ts";

/** A value with all of its texts sealed, each under the key that its owner has there; undefined: all are. */
const resealed = (value: unknown, texts: WhoseTexts, actor: ActorId): unknown => {
  if (sealed(value, texts, { actor, known: new KnownSealed() }) === value) return undefined;
  const known = new KnownSealed();
  const opened = openTexts(value, known);
  // An object that has some texts sealed and others in clear is not what it is to be.
  known.forgetObjects();
  return sealed(opened, texts, { actor, known });
};

/** What seals what earlier releases had in clear, by the same names of fields as everything else. */
export const pastSealing = (
  texts: WhoseTexts,
  { version = 1, writerOf }: Partial<Pick<PastSealing, "version" | "writerOf">> = {},
): PastSealing => ({
  version,
  stored: (value, actor) => resealed(value, texts, actor),
  record: (value, key) => {
    const made = resealed(ofRecord(value, texts), texts, key);
    return made === undefined ? undefined : asRecord(made, texts);
  },
  ...(writerOf && { writerOf }),
});
