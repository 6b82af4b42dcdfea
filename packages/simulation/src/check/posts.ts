import { type Violation, violation } from "../violation.ts";
import type { Evidence } from "./evidence.ts";

/** A post's place among all of its sender. */
interface Place {
  readonly seq: number;
  readonly index: number;
}

const isBehind = (a: Place, b: Place): boolean => a.seq > b.seq || (a.seq === b.seq && a.index > b.index);

/**
 * Posts of one sender to one receiver stand in the order in which they were ordered, each once. That each is
 * there is an output's check, that each is applied in this order an input's.
 */
export const checkPosts = ({ frame, outputs }: Evidence): readonly Violation[] => {
  const latest = new Map<string, Place>();
  return outputs.flatMap(({ topic, partition, key, offset, value }) => {
    if (topic !== frame.post.name || value === null) return [];
    const post = frame.post.decode(value);
    const { from: sender } = post;
    const pair = [sender, key].join();
    const before = latest.get(pair);
    if (!before || isBehind(post, before)) {
      latest.set(pair, post);
      return [];
    }
    const isAgain = post.seq === before.seq && post.index === before.index;
    const [own, other] = [post, before].map(({ seq, index }) => `${seq}/${index}`);
    const what = `post ${own} by ${sender} stands behind its post ${other}`;
    return [violation(isAgain ? "doubled" : "reordered", { partition, actor: key, offsets: [offset] }, what)];
  });
};
