import type { Position } from "@hybrid/log";
import type { Fenced, Stamped } from "../history.ts";
import { type Violation, violation } from "../violation.ts";
import { isPresent } from "./commits.ts";
import type { CommitTrace, Evidence } from "./evidence.ts";

/** Whether `position` lies at or behind everything that `other` names. */
export const covers = (position: Position | null, other: Position): boolean =>
  Object.entries(other.sources).every(([topic, offset]) => (position?.sources[topic] ?? 0) >= offset);

/** The first fence that must have shut this commit out, if there is one. */
const shutOutBy = (commit: CommitTrace, fences: readonly Stamped<Fenced>[]): Stamped<Fenced> | undefined =>
  fences.find(({ epoch, order, askedAt, position }) => {
    if (epoch <= commit.epoch) return false;
    if (commit.startedAt > order) return true;
    // Under way together with the fence: it was in time only if the new owner has seen it.
    return commit.endedAt > askedAt && !covers(position, commit.batch.position);
  });

/** A record of a lower epoch that stands behind one of a higher epoch. */
const overtaken = (evidence: Evidence): ReadonlyMap<CommitTrace, number> => {
  const found = new Map<CommitTrace, number>();
  for (const lines of evidence.journal) {
    let highest = 0;
    for (const { commit } of lines) {
      if (!commit) continue;
      if (commit.epoch < highest && !found.has(commit)) found.set(commit, highest);
      highest = Math.max(highest, commit.epoch);
    }
  }
  return found;
};

/** An epoch must be greater than all that were given before it was asked for, and nobody else's. */
const repeatedEpochs = (fences: readonly Stamped<Fenced>[]): readonly Violation[] =>
  fences.flatMap(({ partition, epoch, owner, askedAt, order }) => {
    const before = fences.find(
      (each) =>
        each.partition === partition &&
        each.order < order &&
        (each.epoch === epoch || (each.order < askedAt && each.epoch > epoch)),
    );
    if (!before) return [];
    const sentence = `${owner} was given epoch ${epoch} after ${before.owner} had epoch ${before.epoch}`;
    return [violation("epochRepeated", { partition }, sentence)];
  });

/** Commits of owners that were shut out (I2), each with the epoch that came before it. */
export const fencedCommits = (evidence: Evidence): ReadonlyMap<CommitTrace, number> => {
  const found = new Map(overtaken(evidence));
  for (const commit of evidence.commits) {
    if (found.has(commit) || !isPresent(commit)) continue;
    const fences = evidence.fences.filter(({ partition }) => partition === commit.partition);
    const fence = shutOutBy(commit, fences);
    if (fence) found.set(commit, fence.epoch);
    else if (commit.error === "FencedError") found.set(commit, commit.epoch);
  }
  return found;
};

/** Commits let through although their owner was fenced, and epochs that do not grow. */
export const checkFencing = (
  evidence: Evidence,
  fenced: ReadonlyMap<CommitTrace, number>,
): readonly Violation[] => [
  ...repeatedEpochs(evidence.fences),
  ...[...fenced].map(([{ partition, owner, epoch, lines, outcome }, by]) =>
    violation(
      "fencedWrite",
      { partition, offsets: lines.map(({ offset }) => offset) },
      `a commit of ${owner} (epoch ${epoch}) that epoch ${by} had shut out is there (${outcome})`,
    ),
  ),
];
