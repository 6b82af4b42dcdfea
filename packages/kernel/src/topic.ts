/** What the kernel needs to know of a topic; `@hybrid/contracts` defines all of them. */
export interface Topic<Value> {
  readonly name: string;
  /**
   * `entity`: partitioned by organisation and entity of the key, so all such topics are co-partitioned.
   * `broadcast`: one copy of every record in every partition.
   * `none`: spread without meaning; such a topic cannot be a source of actors.
   */
  readonly partitioning: "entity" | "broadcast" | "none";
  /** Encodes a value. Throws TypeError naming the field when the value does not fit the schema. */
  encode(value: Value): Uint8Array;
  /** Decodes any version ever published. Throws DecodeError. */
  decode(bytes: Uint8Array): Value;
}

/** A topic whose value type does not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- every Topic<Value> must be assignable to it.
export type AnyTopic = Topic<any>;
