import { defineTopic, type TopicContract } from "../define-topic.ts";

/** A schema that records are written with. */
export interface PublishedSchema {
  /** The Avro schema as JSON. */
  readonly schema: string;
  /** A topic that is written with it. */
  readonly topic: string;
}

/** Its name: it is no service's own. */
export const schemasName = "schemas";

/**
 * Every schema that records of the log are written with, published before the first of them: by it an older
 * release reads what a newer one writes. Its own schema never changes.
 */
export const schemasTopic = (writers: readonly string[]): TopicContract<PublishedSchema> =>
  defineTopic<PublishedSchema>({
    name: schemasName,
    doc: "Every schema that records are written with, from before the first of them and for ever.",
    keyDoc: "the schema's CRC-64-AVRO fingerprint, 16 hexadecimal digits",
    partitioning: "none",
    partitions: 1,
    retention: { cleanup: "compact" },
    writers,
    versions: [
      {
        type: "record",
        name: "PublishedSchema",
        namespace: "hybrid",
        fields: [
          { name: "schema", type: "string" },
          { name: "topic", type: "string" },
        ],
      },
    ],
  });
