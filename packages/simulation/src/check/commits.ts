import { type Violation, violation } from "../violation.ts";
import type { CommitTrace, Evidence, JournalLine } from "./evidence.ts";

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const entryKey = (actor: string, bytes: Uint8Array): string =>
  `${actor} ${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")}`;

const settlePresence = (commit: CommitTrace): void => {
  const wanted = commit.batch.journal.length;
  const found = commit.lines.length;
  if (wanted === 0) commit.presence = commit.outcome === "acknowledged" ? "whole" : "unknown";
  else if (found === wanted) commit.presence = "whole";
  else commit.presence = found === 0 ? "none" : "part";
};

/** An acknowledged commit says itself where it stands. */
const placeAcknowledged = (commit: CommitTrace, lines: readonly JournalLine[]): void => {
  const { receipt, batch } = commit;
  if (!receipt) return;
  const free = lines.filter(
    ({ offset, commit }) =>
      commit === null && offset >= receipt.journalOffset && offset < receipt.journalNextOffset,
  );
  let next = 0;
  for (const { key, value } of batch.journal) {
    const at = free.findIndex(
      (line, index) => index >= next && line.actor === key && same(line.bytes, value),
    );
    const line = at < 0 ? undefined : free[at];
    if (!line) continue;
    line.commit = commit;
    commit.lines.push(line);
    next = at + 1;
  }
};

/** Any other commit is looked for by its content among what is left. */
const placeOthers = (commits: readonly CommitTrace[], lines: readonly JournalLine[]): void => {
  const free = new Map<string, JournalLine[]>();
  for (const line of lines)
    if (!line.commit) {
      const key = entryKey(line.actor, line.bytes);
      free.set(key, [...(free.get(key) ?? []), line]);
    }
  for (const commit of commits)
    for (const { key, value } of commit.batch.journal) {
      const line = free.get(entryKey(key, value))?.shift();
      if (!line) continue;
      line.commit = commit;
      commit.lines.push(line);
    }
};

/**
 * Attempts at the same batch may have the same bytes. A refused one is there only if none that was left
 * unanswered can be; and if an earlier one were there, a later owner would not have made the batch again.
 */
const byLikelihood = (a: CommitTrace, b: CommitTrace): number =>
  Number(a.outcome === "rejected") - Number(b.outcome === "rejected") ||
  b.epoch - a.epoch ||
  b.startedAt - a.startedAt;

/** Finds out for every record of the journal whose it is, and for every commit how much of it is there. */
export const placeCommits = ({ commits, journal }: Evidence): void => {
  for (const [partition, lines] of journal.entries()) {
    const own = commits.filter((commit) => commit.partition === partition);
    for (const commit of own) if (commit.outcome === "acknowledged") placeAcknowledged(commit, lines);
    placeOthers(own.filter(({ outcome }) => outcome !== "acknowledged").sort(byLikelihood), lines);
    for (const commit of own) settlePresence(commit);
  }
};

/** Whether the commit stands in the log, as far as anybody can know. */
export const isPresent = ({ outcome, presence }: CommitTrace): boolean =>
  presence === "whole" || presence === "part" || outcome === "acknowledged";

const offsetsOf = ({ lines }: CommitTrace): readonly number[] => lines.map(({ offset }) => offset);

const ofCommit = (commit: CommitTrace): Violation[] => {
  const { partition, owner, epoch, outcome, presence, batch, receipt, error } = commit;
  const place = { partition, offsets: offsetsOf(commit) };
  const who = `a batch of ${owner} (epoch ${epoch})`;
  if (presence === "part")
    return [
      violation(
        "tornBatch",
        place,
        `${who} of ${batch.journal.length} journal records is there with ${commit.lines.length} of them`,
      ),
    ];
  if (outcome === "acknowledged" && presence === "none")
    return [
      violation(
        "lostTail",
        { partition, offsets: [receipt?.journalOffset ?? -1] },
        `${who} was acknowledged with ${batch.journal.length} journal records, and none of them is there`,
      ),
    ];
  if (outcome === "rejected" && presence === "whole" && error !== "FencedError")
    return [violation("refusedVisible", place, `${who} was refused (${error}), and its journal is there`)];
  return [];
};

/** Torn, vanished and refused commits, and records that nobody committed. */
export const checkCommits = ({ commits, journal }: Evidence): readonly Violation[] => [
  ...commits.flatMap(ofCommit),
  ...journal
    .flat()
    .flatMap(({ commit, partition, actor, offset }) =>
      commit
        ? []
        : [
            violation(
              "foreignRecord",
              { partition, actor, offsets: [offset] },
              "the journal holds a record that nobody committed",
            ),
          ],
    ),
];
