import type { ActorId } from "@hybrid/kernel";
import { fromRecord, type KnownSealed, type SealedFields, sealTexts, toRecord } from "./sealed-fields.ts";
import { type SealedTogether, sealTogether } from "./sealed-together.ts";

/** What of a service is somebody's: fields one by one, or all of an object together. */
export type WhoseTexts = SealedFields | SealedTogether;

const isTogether = (texts: WhoseTexts): texts is SealedTogether => typeof texts["together"] === "object";

/** A value with its texts sealed; the same one where none is in clear. */
export const sealed = (
  value: unknown,
  texts: WhoseTexts,
  place: { readonly actor: ActorId; readonly known: KnownSealed },
): unknown => (isTogether(texts) ? sealTogether(value, texts, place) : sealTexts(value, texts, place));

/** A sealed value as it stands in records; what is sealed together stands there as everywhere. */
export const asRecord = (value: unknown, texts: WhoseTexts): unknown =>
  isTogether(texts) ? value : toRecord(value, texts);

/** Undoes {@link asRecord}, as far as it can be undone without keys. */
export const ofRecord = <Value>(value: Value, texts: WhoseTexts): Value =>
  isTogether(texts) ? value : fromRecord(value, texts);
