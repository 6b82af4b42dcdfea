import { decodeAsWritten, type JournalRecord } from "@hybrid/contracts";
import { type AnyTopology, instant, type Schemas } from "@hybrid/kernel";

/** What gives a journal record's content its meaning. */
export interface JournalReading {
  readonly topology: Pick<AnyTopology, "sources">;
  /** Published schemas; without them what was written with today's is read. */
  readonly schemas?: Schemas;
}

/** The input that today's map makes of the source record that was journaled for it. */
const mappedInput = (
  {
    origin,
    inputRecord,
  }: Pick<JournalRecord, "origin"> & {
    readonly inputRecord: NonNullable<JournalRecord["inputRecord"]>;
  },
  { topology, schemas }: JournalReading,
): unknown => {
  const source = topology.sources.find(({ topic }) => topic.name === origin.name);
  if (!source)
    throw new TypeError(`an input was a record of ${origin.name}, which is no source of this release`);
  const { name: topic, partition, offset } = origin;
  const { key, timestamp, value } = inputRecord;
  const place = { topic, partition, offset, key: key ?? "", timestamp: instant(timestamp) };
  const addressed = source.map(source.topic.decode(value, schemas), place);
  if (!addressed)
    throw new TypeError(`an input was a record of ${topic}, which the map of this release ignores`);
  return addressed.input;
};

/**
 * A journal record with its input and its state as JSON, in whichever form they were written. Throws what the
 * source's map throws, TypeError when it no longer knows the record, DecodeError for damage, and
 * UnreadableSchemaError when a schema is not there.
 */
export const inJson = (record: JournalRecord, reading: JournalReading): JournalRecord => {
  const { inputRecord, stateRecord, origin } = record;
  if (!inputRecord && !stateRecord) return record;
  const input = inputRecord ? JSON.stringify(mappedInput({ origin, inputRecord }, reading)) : record.input;
  const state = stateRecord
    ? JSON.stringify(decodeAsWritten("a journaled state", stateRecord, reading.schemas))
    : record.state;
  return { ...record, input, state, inputRecord: null, stateRecord: null };
};

/** Whether a record only goes on with the effects of its actor's step before it, too many for one record. */
export const isEffectsPage = ({ input, effects }: Pick<JournalRecord, "input" | "effects">): boolean =>
  input === "null" && effects !== "[]";
