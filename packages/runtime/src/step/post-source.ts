import type { Post, TopicContract } from "@hybrid/contracts";
import { type ActorId, type Addressed, from, type Source } from "@hybrid/kernel";

/** An input that another actor of the service has posted, as the sender's release had it. */
export interface Posted extends Addressed<unknown> {
  /** The state version of that release. */
  readonly version: number;
}

/** How posts reach their actors: a source like the topology's own. Its map throws for what is no JSON. */
export const postSource = (topic: TopicContract<Post>): Source<unknown> =>
  from(
    topic,
    ({ stateVersion: version, input }, { key }): Posted => ({
      to: key as ActorId,
      input: JSON.parse(input) as unknown,
      version,
    }),
  );
