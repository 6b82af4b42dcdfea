import { days } from "@hybrid/kernel";
import { defineTopic, type TopicContract } from "../define-topic.ts";

/** A record that could not be applied: cause and origin, never content that does not belong in a topic. */
export interface DeadLetter {
  /** Why, as a code: `undecodable`, `unauthenticated`, `malformed`, `stepFailed`, … */
  readonly cause: string;
  /** One sentence for the operator; no content. */
  readonly detail: string;
  readonly service: string;
  /** Where it came from; offset is -1 when it never stood in a topic (a web request, a timer). */
  readonly originTopic: string;
  readonly originPartition: number;
  readonly originOffset: number;
  /** The record as it was, for replay; null where it must not be kept (request bodies). */
  readonly payload: Uint8Array | null;
  readonly deadAt: number;
}

/** The dead-letter topic of `topic`: `<topic>-dead`, same key, same partition. */
export const deadLetterTopic = (topic: string, writers: readonly string[]): TopicContract<DeadLetter> =>
  defineTopic<DeadLetter>({
    name: `${topic}-dead`,
    doc: `Records of \`${topic}\` that could not be applied, with cause and origin.`,
    keyDoc: "as the origin's, when it could be read",
    partitioning: "entity",
    retention: { cleanup: "delete", retentionMs: days(30) },
    writers,
    versions: [
      {
        type: "record",
        name: "DeadLetter",
        namespace: "hybrid",
        fields: [
          { name: "cause", type: "string" },
          { name: "detail", type: "string" },
          { name: "service", type: "string" },
          { name: "originTopic", type: "string" },
          { name: "originPartition", type: "int" },
          { name: "originOffset", type: "long" },
          { name: "payload", type: ["null", "bytes"] },
          { name: "deadAt", type: "long" },
        ],
      },
    ],
  });
