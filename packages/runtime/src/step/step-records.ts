import type { InputOrigin, Parked } from "@hybrid/contracts";
import type { StepPlace } from "./effects.ts";
import { parkingOf } from "./parking.ts";
import { jsonOf, PoisonError } from "./poison.ts";
import type { Written } from "./step-traces.ts";

/** A journal record of an actor. */
export const journalRecord = (
  { frame, at }: StepPlace,
  origin: InputOrigin,
  { seq, stateVersion, input, stateJson: state, effects, pending, suppressed, parking }: Written,
): Uint8Array =>
  frame.write.journal({
    seq,
    at,
    stateVersion,
    origin,
    input,
    state,
    effects,
    pending,
    suppressed,
    parking,
  });

/** What the lengths of longer texts take beside those of shorter ones. */
const lengthsMargin = 16;

const tooLarge = (bytes: number): PoisonError =>
  new PoisonError("tooLarge", `the step's journal record has ${bytes} bytes`);

/** The effects as JSON arrays: the first one of at most `first` bytes, each other one of at most `others`. */
const pagesOf = (effects: readonly unknown[], first: number, others: number): readonly string[] => {
  const pages: string[] = [];
  let page: string[] = [];
  let bytes = 0;
  for (const effect of effects) {
    const json = jsonOf(effect, "an effect");
    const more = Buffer.byteLength(json) + 1;
    if (bytes + more > (pages.length === 0 ? first : others)) {
      pages.push(`[${page.join(",")}]`);
      page = [];
      bytes = 0;
      if (more > others) throw tooLarge(more);
    }
    page.push(json);
    bytes += more;
  }
  return [...pages, `[${page.join(",")}]`];
};

/** A step on its way to the journal. */
export interface StepToWrite {
  readonly origin: InputOrigin;
  /** Without its effects. */
  readonly written: Omit<Written, "effects">;
  readonly effects: readonly unknown[];
  /** The parked inputs as the step leaves them. */
  readonly parked: Parked | null;
}

/**
 * The journal records of one step: one, and where its effects are more than a record may have, further ones
 * behind it, numbered on, which have no input and go on with the effects. Throws {@link PoisonError} when
 * anything else is too large, or when all of them together are more than a commit may have.
 */
export const stepRecords = (place: StepPlace, step: StepToWrite): readonly Uint8Array[] => {
  const { origin, written, effects, parked } = step;
  const { recordBytesMax, commitBytesMax } = place.frame.limits;
  const whole = effects.length === 0 ? "[]" : jsonOf(effects, "the effects");
  const record = journalRecord(place, origin, { ...written, effects: whole });
  if (record.length <= recordBytesMax) return [record];
  const next = { ...written, input: "null", parking: parkingOf(parked, parked, { taken: 0, kept: null }) };
  const room = (each: Omit<Written, "effects">): number =>
    recordBytesMax - journalRecord(place, origin, { ...each, effects: "[]" }).length - lengthsMargin;
  const first = room(written);
  if (first < 0 || effects.length === 0) throw tooLarge(record.length);
  const records = pagesOf(effects, first, room(next)).map((page, n) =>
    journalRecord(place, origin, { ...(n === 0 ? written : next), seq: written.seq + n, effects: page }),
  );
  const bytes = records.reduce((sum, { length }) => sum + length, 0);
  if (bytes > commitBytesMax)
    throw new PoisonError(
      "tooLarge",
      `the step's journal records have ${bytes} bytes, a commit may have ${commitBytesMax}`,
    );
  return records;
};
