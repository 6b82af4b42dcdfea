import { isDeepStrictEqual } from "node:util";
import { type ActorId, instant } from "@hybrid/kernel";
import { isPresent } from "./commits.ts";
import type { CommitTrace, Evidence, JournalLine } from "./evidence.ts";

/** An input that left no record although it was taken. */
export interface SilentInput {
  readonly actor: ActorId;
  readonly input: unknown;
  /** The commit that it was taken with. */
  readonly commit: CommitTrace;
}

/** The states in which the actor can have been while the commit's batch was made. */
const statesDuring = (
  { byActor, frame }: Evidence,
  actor: ActorId,
  commit: CommitTrace,
): readonly string[] => {
  const lines = byActor.get(actor) ?? [];
  const within = lines.filter((line) => line.commit === commit);
  const first = within[0];
  const isEarlier = (line: JournalLine): boolean =>
    first ? line.offset < first.offset : (line.commit?.startedAt ?? 0) < commit.startedAt;
  const before = lines.findLast((line) => line.commit !== commit && isEarlier(line));
  return [before?.record.state ?? frame.initialJson, ...within.map(({ record }) => record.state)];
};

/**
 * Whether the actor could take the input without any change and any effect: such a step leaves no record, the
 * position alone says that it was taken.
 */
export const couldIgnore = (evidence: Evidence, { actor, input, commit }: SilentInput): boolean => {
  const at = instant(commit.batch.position.at);
  return statesDuring(evidence, actor, commit).some((json) => {
    try {
      const { state, effects } = evidence.frame.topology.machine(JSON.parse(json), input, at, actor);
      return effects.length === 0 && isDeepStrictEqual(JSON.parse(JSON.stringify(state)), JSON.parse(json));
    } catch {
      // An input that its machine throws on is poison, and poison leaves a dead letter.
      return false;
    }
  });
};

/** The commit with which a source record was taken: the first one whose position lies behind it. */
export const takenWith = (
  { commits }: Evidence,
  place: { readonly topic: string; readonly partition: number; readonly offset: number },
): CommitTrace | undefined =>
  commits
    .filter(({ partition }) => partition === place.partition)
    .filter((commit) => isPresent(commit) || commit.presence === "unknown")
    .find(({ batch }) => (batch.position.sources[place.topic] ?? 0) > place.offset);
