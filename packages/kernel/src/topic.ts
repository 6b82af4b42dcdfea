import type { SealScope } from "./sealed.ts";

/** Schemas that records were written with, by fingerprint. */
export interface Schemas {
  /** The Avro schema as JSON, by its fingerprint as 16 hexadecimal digits; undefined when it is not known. */
  find(fingerprint: string): unknown;
}

/** What the kernel needs to know of a topic; `@hybrid/contracts` defines all of them. */
export interface Topic<Value> {
  readonly name: string;
  /**
   * `entity`: partitioned by organisation and entity of the key, so all such topics are co-partitioned.
   * `broadcast`: one copy of every record in every partition.
   * `none`: spread without meaning; such a topic cannot be a source of actors.
   */
  readonly partitioning: "entity" | "broadcast" | "none";
  /** Whose sealed values its records may hold; none when left out. */
  readonly sealed?: readonly SealScope[];
  /** Encodes a value. Throws TypeError naming the field when the value does not fit the schema. */
  encode(value: Value): Uint8Array;
  /**
   * Decodes any version that this release knows, and later ones whose schema is among `schemas`. Throws
   * DecodeError for damage, {@link UnreadableSchemaError} for a record that a newer release has written.
   */
  decode(bytes: Uint8Array, schemas?: Schemas): Value;
  /**
   * Why a record cannot be read by this release, one sentence; null when it can, and when it is damaged. What
   * has to wait is found so before any of it is applied.
   */
  unreadable?(bytes: Uint8Array, schemas: Schemas): string | null;
}

/** A topic whose value type does not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- every Topic<Value> must be assignable to it.
export type AnyTopic = Topic<any>;
