import { days } from "@hybrid/kernel";
import { defineTopic, type TopicContract } from "../define-topic.ts";

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

/** One step of one actor: what came in, what it became, what it ordered. */
export interface JournalRecord {
  readonly seq: number;
  readonly at: number;
  readonly stateVersion: number;
  readonly origin: InputOrigin;
  /** JSON. */
  readonly input: string;
  /** JSON of the state after the step. */
  readonly state: string;
  /** JSON of the effects. */
  readonly effects: string;
  /** All calls without outcome after this step. */
  readonly pending: readonly PendingCall[];
}

/** An actor at rest: what a restore needs. */
export interface CheckpointRecord {
  readonly seq: number;
  readonly at: number;
  readonly stateVersion: number;
  readonly state: string;
  readonly pending: readonly PendingCall[];
}

/** The journal of a service: commit point, outbox and audit history at once. */
export const journalTopic = (service: string): TopicContract<JournalRecord> =>
  defineTopic<JournalRecord>({
    name: `${service}-journal`,
    doc: `Every step of ${service}: input, state, effects.`,
    keyDoc: "the actor's id",
    partitioning: "entity",
    retention: { cleanup: "delete", retentionMs: days(7) },
    writers: [service],
    versions: [
      {
        type: "record",
        name: "JournalRecord",
        namespace: "hybrid",
        fields: [
          { name: "seq", type: "long" },
          { name: "at", type: "long" },
          { name: "stateVersion", type: "int" },
          {
            name: "origin",
            type: {
              type: "record",
              name: "InputOrigin",
              fields: [
                {
                  name: "kind",
                  type: {
                    type: "enum",
                    name: "InputOriginKind",
                    symbols: ["record", "timer", "outcome", "tell"],
                  },
                },
                { name: "name", type: "string" },
                { name: "partition", type: "int" },
                { name: "offset", type: "long" },
              ],
            },
          },
          { name: "input", type: "string" },
          { name: "state", type: "string" },
          { name: "effects", type: "string" },
          { name: "pending", type: pendingSchema },
        ],
      },
    ],
  });

/** The checkpoint of a service: the latest state of every actor, for ever. */
export const checkpointTopic = (service: string): TopicContract<CheckpointRecord> =>
  defineTopic<CheckpointRecord>({
    name: `${service}-checkpoint`,
    doc: `The latest state of every actor of ${service}.`,
    keyDoc: "the actor's id",
    partitioning: "entity",
    retention: { cleanup: "compact" },
    writers: [service],
    versions: [
      {
        type: "record",
        name: "CheckpointRecord",
        namespace: "hybrid",
        fields: [
          { name: "seq", type: "long" },
          { name: "at", type: "long" },
          { name: "stateVersion", type: "int" },
          { name: "state", type: "string" },
          { name: "pending", type: pendingSchema },
        ],
      },
    ],
  });
