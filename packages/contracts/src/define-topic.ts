import type { Topic } from "@hybrid/kernel";
import type { AvroSchema } from "./avro/schema.ts";
import { sealScopesIn } from "./avro/sealed-type.ts";
import { avroCodec } from "./avro-codec.ts";

/** How long a topic's records are kept. */
export type Retention =
  | { readonly cleanup: "delete"; readonly retentionMs: number }
  | { readonly cleanup: "compact" };

/** Everything that is published about a topic. */
export interface TopicContract<Value> extends Topic<Value> {
  /** What a record says, one sentence for docs/TOPICS.md. */
  readonly doc: string;
  /** What the key is, for docs/TOPICS.md. */
  readonly keyDoc: string;
  readonly retention: Retention;
  /** The services that write it; exactly one but for the exceptions in docs/DESIGN.md, "Log port". */
  readonly writers: readonly string[];
  /** What the operator's command line reads it for, for docs/ACCESS.md; left out where it does not. */
  readonly operatorReads?: string;
  /** Partitions of a topic that has its own number; left out where it has as many as all others. */
  readonly partitions?: number;
  /** All versions ever published, oldest first; the last one is written. */
  readonly versions: readonly AvroSchema[];
}

/** A topic of the contracts whose value type does not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- the only type that every contract is assignable to.
export type AnyTopicContract = TopicContract<any>;

/** Declares a family of topics by name; each member is made once, because its schemas are compiled. */
export const topicFamily = <Value>(
  make: (name: string) => TopicContract<Value>,
): ((name: string) => TopicContract<Value>) => {
  const made = new Map<string, TopicContract<Value>>();
  return (name) => {
    const topic = made.get(name) ?? make(name);
    made.set(name, topic);
    return topic;
  };
};

/** Declares a topic; `versions` are Avro schemas, oldest first, each able to read all earlier ones. */
export const defineTopic = <Value>(
  contract: Omit<TopicContract<Value>, "encode" | "decode" | "unreadable" | "sealed">,
): TopicContract<Value> => ({
  ...contract,
  ...avroCodec<Value>(contract.name, contract.versions),
  sealed: sealScopesIn(contract.versions),
});
