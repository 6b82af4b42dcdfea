import { inPartition, type PostEffect, partitionOf, partitionOfKey } from "@hybrid/kernel";
import type { OutgoingRecord } from "@hybrid/log";
import { type Violation, violation } from "../violation.ts";
import type { CheckFrame } from "./codecs.ts";
import { isPresent } from "./commits.ts";
import { type CommitTrace, type Evidence, isOutput, type JournalLine } from "./evidence.ts";

type Written = Pick<OutgoingRecord, "topic" | "partition" | "key" | "value">;

const signature = ({ topic, partition, key, value }: Written): string =>
  `${topic}/${partition}/${key} ${value === null ? "" : Buffer.from(value).toString("latin1")}`;

interface Tally<Origin> {
  readonly record: Written;
  readonly origins: Origin[];
}

const tallied = <Origin>(pairs: readonly (readonly [Written, Origin])[]): Map<string, Tally<Origin>> => {
  const tally = new Map<string, Tally<Origin>>();
  for (const [record, origin] of pairs) {
    const key = signature(record);
    const known = tally.get(key);
    if (known) known.origins.push(origin);
    else tally.set(key, { record, origins: [origin] });
  }
  return tally;
};

/** The record that carries a post to its receiver. */
const postOf = (
  { post, partitions }: CheckFrame,
  { actor: from, partition, record }: JournalLine,
  { to, input, index }: PostEffect<unknown> & { readonly index: number },
): Written => {
  const key = inPartition(to, partition);
  const { seq, stateVersion } = record;
  const value = post.encode({ from, seq, index, stateVersion, input: JSON.stringify(input) });
  return { topic: post.name, partition: partitionOf(key, partitions), key, value };
};

/** The records that the effects of a journal line call for. */
const recordsOf = ({ frame }: Evidence, line: JournalLine): readonly Written[] =>
  line.effects.flatMap((effect, index) => {
    if (effect.kind === "post") return [postOf(frame, line, { ...effect, index })];
    if (effect.kind !== "emit") return [];
    const topic = frame.emits.get(effect.topic);
    if (!topic) return [];
    const key = inPartition(effect.key, line.partition);
    const value = effect.value === null ? null : topic.encode(effect.value);
    const { partitions } = frame;
    const own =
      topic.partitioning === "entity" ? partitionOf(key, partitions) : partitionOfKey(key, partitions);
    const targets =
      topic.partitioning === "broadcast" ? Array.from({ length: partitions }, (_, each) => each) : [own];
    return targets.map((partition) => ({ topic: topic.name, partition, key, value }));
  });

const describe = ({ topic, partition, key }: Written): string =>
  `a record on ${topic}, partition ${partition}, key ${key}`;

/** Every output of a commit is visible if its journal is, and none is if it is not. */
const tornOutputs = (evidence: Evidence, fenced: ReadonlyMap<CommitTrace, number>): readonly Violation[] => {
  const pairs = evidence.commits.flatMap((commit) =>
    commit.batch.outputs.map((record) => [record, commit] as const),
  );
  const wanted = tallied(pairs);
  const seen = tallied(evidence.outputs.map((record) => [record, record.offset] as const));
  const faults: Violation[] = [];
  for (const [key, { record, origins }] of wanted) {
    const count = seen.get(key)?.origins.length ?? 0;
    const sure = origins.filter(isPresent);
    const possible = origins.filter((commit) => isPresent(commit) || commit.presence === "unknown");
    const missing = sure[0];
    if (missing && count < sure.length) {
      const place = { partition: missing.partition, offsets: missing.lines.map(({ offset }) => offset) };
      faults.push(violation("tornBatch", place, `${describe(record)} is missing though its commit is there`));
    }
    const absent = origins.find((commit) => !possible.includes(commit));
    if (absent && count > possible.length)
      faults.push(
        violation(
          absent.error === "FencedError" || fenced.has(absent) ? "fencedWrite" : "tornBatch",
          { partition: absent.partition, offsets: seen.get(key)?.origins ?? [] },
          `${describe(record)} is there though the commit of ${absent.owner} (epoch ${absent.epoch}) is not`,
        ),
      );
  }
  for (const [key, { record, origins }] of seen) {
    const known = wanted.get(key);
    if (known && origins.length <= known.origins.length) continue;
    const place = { partition: record.partition, actor: record.key, offsets: origins };
    faults.push(
      violation("outputExtra", place, `${describe(record)} is there more often than it was written`),
    );
  }
  return faults;
};

/** What commits wrote against what the journal's effects call for. Dead letters are no effects. */
const unfoundedOutputs = (evidence: Evidence): readonly Violation[] => {
  const called = tallied(
    evidence.journal
      .flat()
      .flatMap((line) => recordsOf(evidence, line).map((record) => [record, line] as const)),
  );
  const written = tallied(
    evidence.commits
      .filter(isPresent)
      .flatMap((commit) =>
        commit.batch.outputs
          .filter(({ topic }) => isOutput(evidence.frame, topic))
          .map((record) => [record, commit] as const),
      ),
  );
  const faults: Violation[] = [];
  for (const [key, { record, origins }] of called) {
    const line = origins[0];
    if (!line?.commit || origins.length <= (written.get(key)?.origins.length ?? 0)) continue;
    const { partition, actor, offset } = line;
    const place = { partition, actor, offsets: [offset] };
    faults.push(violation("outputMissing", place, `${describe(record)} was ordered and not written`));
  }
  for (const [key, { record, origins }] of written) {
    if (origins.length <= (called.get(key)?.origins.length ?? 0)) continue;
    const place = { partition: origins[0]?.partition ?? null, actor: record.key };
    faults.push(violation("outputExtra", place, `${describe(record)} was written, and no effect orders it`));
  }
  return faults;
};

/** Records of one key that come from one partition must stand in the order of that partition's journal. */
const reorderedOutputs = (evidence: Evidence): readonly Violation[] => {
  const lineKey = ({ topic, partition, key }: Written): string => `${topic}/${partition}/${key}`;
  const called = new Map<string, { readonly from: Set<number>; readonly list: Written[] }>();
  for (const line of evidence.journal.flat())
    for (const record of recordsOf(evidence, line)) {
      const known = called.get(lineKey(record)) ?? { from: new Set<number>(), list: [] };
      known.from.add(line.partition);
      known.list.push(record);
      called.set(lineKey(record), known);
    }
  const seen = new Map<string, string[]>();
  for (const record of evidence.outputs)
    seen.set(lineKey(record), [...(seen.get(lineKey(record)) ?? []), signature(record)]);
  return [...called].flatMap(([key, { from, list }]) => {
    const found = seen.get(key) ?? [];
    const wanted = list.map(signature);
    const [record] = list;
    if (!record || from.size > 1 || found.toSorted().join("\n") !== wanted.toSorted().join("\n")) return [];
    if (found.join("\n") === wanted.join("\n")) return [];
    const place = { partition: record.partition, actor: record.key };
    return [violation("reordered", place, `records of ${record.topic} do not stand in the journal's order`)];
  });
};

/** Outputs against commits and against the journal's effects. */
export const checkOutputs = (
  evidence: Evidence,
  fenced: ReadonlyMap<CommitTrace, number>,
): readonly Violation[] => [
  ...tornOutputs(evidence, fenced),
  ...unfoundedOutputs(evidence),
  ...reorderedOutputs(evidence),
];
