import { days } from "@hybrid/kernel";
import { defineTopic, type TopicContract, topicFamily } from "../define-topic.ts";

/** An input that one actor of a service has posted to another one; the key is the receiver's id. */
export interface Post {
  /** The sender's id. */
  readonly from: string;
  /** The sender's step that ordered it, and its place among the effects of that step. */
  readonly seq: number;
  readonly index: number;
  /** The state version of the sender's release: whose input it is. */
  readonly stateVersion: number;
  /** JSON. */
  readonly input: string;
}

/** What the actors of one service post to each other: `<service>-post`, written and read by it alone. */
export const postTopic = topicFamily(
  (service): TopicContract<Post> =>
    defineTopic<Post>({
      name: `${service}-post`,
      doc: `Inputs that actors of ${service} post to each other.`,
      keyDoc: "the receiver's id",
      partitioning: "entity",
      retention: { cleanup: "delete", retentionMs: days(7) },
      writers: [service],
      versions: [
        {
          type: "record",
          name: "Post",
          namespace: "hybrid",
          fields: [
            { name: "from", type: "string" },
            { name: "seq", type: "long" },
            { name: "index", type: "int" },
            { name: "stateVersion", type: "int" },
            { name: "input", type: "string" },
          ],
        },
      ],
    }),
);
