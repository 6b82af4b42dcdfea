import { days } from "@hybrid/kernel";
import type { AvroSchema } from "../avro/schema.ts";
import { defineTopic, type TopicContract, topicFamily } from "../define-topic.ts";

/** A pending call: an order without an outcome yet; `seq/index` completes its call id. */
export interface PendingCall {
  readonly seq: number;
  readonly index: number;
  /** The order, as JSON. */
  readonly call: string;
}

const pendingSchema = {
  type: "array",
  items: {
    type: "record",
    name: "PendingCall",
    fields: [
      { name: "seq", type: "long" },
      { name: "index", type: "int" },
      { name: "call", type: "string" },
    ],
  },
} as const;

/** Where a journaled input came from. */
export interface InputOrigin {
  readonly kind: "record" | "timer" | "outcome" | "tell";
  /** Topic of a record; timer's name; call id; telling actor. */
  readonly name: string;
  readonly partition: number;
  readonly offset: number;
}

/** An input that waits with its parked actor, in the form from which it is made when it is retried. */
export interface ParkedInput {
  readonly origin: InputOrigin;
  /**
   * `input`: the payload is the input itself. `timer`: it is the timer (`name`, `dueAt`) that fired.
   * `failure`: it holds the call's order (`call`) and how it ended (`failure`).
   */
  readonly form: "input" | "timer" | "failure";
  /** JSON. */
  readonly payload: string;
  readonly keptAt: number;
  /**
   * The state version of the release that kept it; 0, or left out when it is written: that of the record that
   * first held it.
   */
  readonly version?: number;
}

/** Why an actor is parked. */
export interface ParkedReason {
  /** A code: `stepFailed`, `illegalEffect`, `timerKept`, … */
  readonly cause: string;
  /** One sentence of ours for the operator; no content. */
  readonly reason: string;
  readonly since: number;
  /** There was no room for an input, so it and all later ones went to the dead letters. */
  readonly overflowed: boolean;
}

/** A parked actor with its inputs, oldest first; the first one is the one that failed. */
export interface Parked extends ParkedReason {
  readonly inputs: readonly ParkedInput[];
}

/** What one journal record changes about a parked actor; its list is never repeated in the journal. */
export interface Parking extends ParkedReason {
  /** Number of inputs that left the front of the list. */
  readonly taken: number;
  /** This one came to its end. */
  readonly kept: ParkedInput | null;
  /** Number that are in it now; with 0 the actor is parked no longer. */
  readonly left: number;
}

/** A timer that the state still wants and that must not fire again before the state changes. */
export interface SuppressedTimer {
  readonly name: string;
  readonly dueAt: number;
}

/** A source record as it stood in its topic, beside partition and offset. */
export interface SourceRecord {
  readonly key: string | null;
  readonly timestamp: number;
  readonly value: Uint8Array;
}

/**
 * One step of one actor: what came in, what it became, what it ordered. A record whose input is null is no
 * step: it says what became of the actor's pending calls and parked inputs, or goes on with the effects of
 * the step before it, where these are more than one record holds.
 */
export interface JournalRecord {
  readonly seq: number;
  readonly at: number;
  readonly stateVersion: number;
  readonly origin: InputOrigin;
  /** JSON; empty when the input stands in {@link inputRecord}. */
  readonly input: string;
  /** JSON of the state after the step; empty when the state stands in {@link stateRecord}. */
  readonly state: string;
  /** JSON of the effects. */
  readonly effects: string;
  /** All calls without outcome after this step. */
  readonly pending: readonly PendingCall[];
  readonly suppressed: readonly SuppressedTimer[];
  /** Null: the actor is not parked and was not. */
  readonly parking: Parking | null;
  /**
   * The input as the source record that it is made from, which stood at `origin`; null, or left out in
   * what is to be written: the input is JSON.
   */
  readonly inputRecord?: SourceRecord | null;
  /**
   * The state as an Avro record in single-object encoding, whose schema stands in the topic of schemas; null,
   * or left out in what is to be written: the state is JSON.
   */
  readonly stateRecord?: Uint8Array | null;
}

/** An actor at rest: what a restore needs. */
export interface CheckpointRecord {
  readonly seq: number;
  readonly at: number;
  readonly stateVersion: number;
  readonly state: string;
  readonly pending: readonly PendingCall[];
  readonly suppressed: readonly SuppressedTimer[];
  readonly parked: Parked | null;
  /** As in {@link JournalRecord}. */
  readonly stateRecord?: Uint8Array | null;
}

const originSchema = {
  type: "record",
  name: "InputOrigin",
  fields: [
    {
      name: "kind",
      type: { type: "enum", name: "InputOriginKind", symbols: ["record", "timer", "outcome", "tell"] },
    },
    { name: "name", type: "string" },
    { name: "partition", type: "int" },
    { name: "offset", type: "long" },
  ],
} as const;

/** `origin`: the schema where it stands first in a record, its name later on. */
const parkedInputSchema = (origin: AvroSchema, added: readonly AvroSchema[]) => ({
  type: "record",
  name: "ParkedInput",
  fields: [
    { name: "origin", type: origin },
    {
      name: "form",
      type: { type: "enum", name: "ParkedForm", symbols: ["input", "timer", "failure"] },
    },
    { name: "payload", type: "string" },
    { name: "keptAt", type: "long" },
    ...added,
  ],
});

const keptVersionField = { name: "version", type: "int", default: 0 };

const reasonFields = [
  { name: "cause", type: "string" },
  { name: "reason", type: "string" },
  { name: "since", type: "long" },
  { name: "overflowed", type: "boolean" },
];

const suppressedField = {
  name: "suppressed",
  type: {
    type: "array",
    items: {
      type: "record",
      name: "SuppressedTimer",
      fields: [
        { name: "name", type: "string" },
        { name: "dueAt", type: "long" },
      ],
    },
  },
  default: [],
};

const parkingField = (added: readonly AvroSchema[]) => ({
  name: "parking",
  type: [
    "null",
    {
      type: "record",
      name: "Parking",
      fields: [
        ...reasonFields,
        { name: "taken", type: "int" },
        { name: "kept", type: ["null", parkedInputSchema("InputOrigin", added)] },
        { name: "left", type: "int" },
      ],
    },
  ],
  default: null,
});

const parkedField = (added: readonly AvroSchema[]) => ({
  name: "parked",
  type: [
    "null",
    {
      type: "record",
      name: "Parked",
      fields: [
        ...reasonFields,
        { name: "inputs", type: { type: "array", items: parkedInputSchema(originSchema, added) } },
      ],
    },
  ],
  default: null,
});

const inputRecordField = {
  name: "inputRecord",
  type: [
    "null",
    {
      type: "record",
      name: "SourceRecord",
      fields: [
        { name: "key", type: ["null", "string"] },
        { name: "timestamp", type: "long" },
        { name: "value", type: "bytes" },
      ],
    },
  ],
  default: null,
};

const stateRecordField = { name: "stateRecord", type: ["null", "bytes"], default: null };

const journalFields = [
  { name: "seq", type: "long" },
  { name: "at", type: "long" },
  { name: "stateVersion", type: "int" },
  { name: "origin", type: originSchema },
  { name: "input", type: "string" },
  { name: "state", type: "string" },
  { name: "effects", type: "string" },
  { name: "pending", type: pendingSchema },
];

const checkpointFields = [
  { name: "seq", type: "long" },
  { name: "at", type: "long" },
  { name: "stateVersion", type: "int" },
  { name: "state", type: "string" },
  { name: "pending", type: pendingSchema },
];

const record = (name: string, fields: readonly AvroSchema[]): AvroSchema => ({
  type: "record",
  name,
  namespace: "hybrid",
  fields,
});

/** The journal of a service: commit point, outbox and audit history at once. */
export const journalTopic = topicFamily(
  (service): TopicContract<JournalRecord> =>
    defineTopic<JournalRecord>({
      name: `${service}-journal`,
      doc: `Every step of ${service}: input, state, effects.`,
      keyDoc: "the actor's id",
      partitioning: "entity",
      retention: { cleanup: "delete", retentionMs: days(7) },
      writers: [service],
      versions: [
        record("JournalRecord", journalFields),
        record("JournalRecord", [...journalFields, suppressedField, parkingField([])]),
        record("JournalRecord", [
          ...journalFields,
          suppressedField,
          parkingField([keptVersionField]),
          inputRecordField,
          stateRecordField,
        ]),
      ],
    }),
);

/** The checkpoint of a service: the latest state of every actor, for ever. */
export const checkpointTopic = topicFamily(
  (service): TopicContract<CheckpointRecord> =>
    defineTopic<CheckpointRecord>({
      name: `${service}-checkpoint`,
      doc: `The latest state of every actor of ${service}.`,
      keyDoc: "the actor's id",
      partitioning: "entity",
      retention: { cleanup: "compact" },
      writers: [service],
      versions: [
        record("CheckpointRecord", checkpointFields),
        record("CheckpointRecord", [...checkpointFields, suppressedField, parkedField([])]),
        record("CheckpointRecord", [
          ...checkpointFields,
          suppressedField,
          parkedField([keptVersionField]),
          stateRecordField,
        ]),
      ],
    }),
);
