import { type ActorId, actorIdOf, inPartition, partitionOf } from "@hybrid/kernel";
import type { LogRecord } from "@hybrid/log";
import { type Violation, violation } from "../violation.ts";
import { type Evidence, inputKey, isStep, type JournalLine } from "./evidence.ts";
import { couldIgnore, takenWith } from "./idle.ts";

interface Target {
  readonly actor: ActorId;
  readonly input: unknown;
}

/**
 * What the topology makes of a record: an input, nothing (deliberately ignored), or poison that must be in
 * the dead-letter topic.
 */
const targetOf = ({ frame }: Evidence, record: LogRecord): Target | "ignored" | "poison" => {
  const source = frame.sources.get(record.topic);
  if (record.value === null || !source) return "ignored";
  try {
    const value: unknown = source.topic.decode(record.value);
    const addressed = source.map(value, { ...record, key: record.key ?? "" });
    if (!addressed) return "ignored";
    const actor = actorIdOf(inPartition(addressed.to, record.partition));
    const isHere = partitionOf(actor, frame.partitions) === record.partition;
    if (isHere) return { actor, input: addressed.input };
    return source.topic.partitioning === "broadcast" ? "ignored" : "poison";
  } catch {
    // Whatever decoding or mapping throws, the record is poison; the dead letter holds the cause.
    return "poison";
  }
};

/** How often each source record was applied, waits with a parked actor, and was dead-lettered. */
const countsOf = ({ byActor, deadLetters, frame }: Evidence) => {
  const applied = new Map<string, JournalLine[]>();
  for (const line of [...byActor.values()].flat()) {
    const { kind, name, partition, offset } = line.record.origin;
    if (kind !== "record" || !isStep(line)) continue;
    const key = inputKey(name, partition, offset);
    applied.set(key, [...(applied.get(key) ?? []), line]);
  }
  const dead = new Map<string, number>();
  for (const letter of deadLetters) {
    if (letter.service !== frame.service || letter.originOffset < 0) continue;
    const key = inputKey(letter.originTopic, letter.originPartition, letter.originOffset);
    dead.set(key, (dead.get(key) ?? 0) + 1);
  }
  const parked = new Map<string, JournalLine[]>();
  for (const line of [...byActor.values()].flatMap((lines) => lines.at(-1) ?? []))
    for (const { origin } of line.waiting) {
      if (origin.kind !== "record") continue;
      const key = inputKey(origin.name, origin.partition, origin.offset);
      parked.set(key, [...(parked.get(key) ?? []), line]);
    }
  return { applied, parked, dead };
};

type Counts = ReturnType<typeof countsOf>;

const doubledInputs = ({ applied, parked, dead }: Counts): readonly Violation[] =>
  [...new Set([...applied.keys(), ...parked.keys(), ...dead.keys()])].flatMap((key) => {
    const lines = [...(applied.get(key) ?? []), ...(parked.get(key) ?? [])];
    const total = lines.length + (dead.get(key) ?? 0);
    if (total < 2) return [];
    const { partition, actor } = lines[0] ?? {};
    const place = { partition, actor, offsets: lines.map(({ offset }) => offset) };
    return [violation("doubled", place, `source record ${key} was applied, parked or buried ${total} times`)];
  });

const lostRecord = (evidence: Evidence, record: LogRecord, counts: Counts): readonly Violation[] => {
  const { topic, partition, offset } = record;
  const key = inputKey(topic, partition, offset);
  if (counts.applied.has(key) || counts.parked.has(key) || counts.dead.has(key)) return [];
  const place = { partition, offsets: [offset] };
  const position = evidence.finals.find((each) => each.partition === partition)?.position;
  if ((position?.sources[topic] ?? 0) <= offset)
    return evidence.stuck === null
      ? [violation("lost", place, `a record of ${topic} was not taken although the system is at rest`)]
      : [];
  const target = targetOf(evidence, record);
  if (target === "ignored") return [];
  if (target === "poison")
    return [violation("lost", place, `a poisonous record of ${topic} was passed without a dead letter`)];
  const commit = takenWith(evidence, record);
  if (commit && couldIgnore(evidence, { ...target, commit })) return [];
  return [
    violation(
      "lost",
      { ...place, actor: target.actor },
      `a record of ${topic} was passed, and it was neither applied nor parked nor dead-lettered`,
    ),
  ];
};

/** Accepted records that their own topic has lost. */
const vanishedRecords = ({ accepted, sourceReads }: Evidence): readonly Violation[] => {
  const kept = new Set(
    sourceReads.flatMap(({ records }) =>
      records.map(({ topic, partition, offset }) => inputKey(topic, partition, offset)),
    ),
  );
  return accepted.flatMap(({ topic, partition, offset }) => {
    const read = sourceReads.find((each) => each.topic === topic && each.partition === partition);
    if (!read || offset < read.start || kept.has(inputKey(topic, partition, offset))) return [];
    return [
      violation("lost", { partition, offsets: [offset] }, `an accepted record of ${topic} is not there`),
    ];
  });
};

/** Records of one source must reach an actor in the order in which they stand. */
const reorderedInputs = ({ byActor }: Evidence): readonly Violation[] =>
  [...byActor].flatMap(([actor, lines]) => {
    const latest = new Map<string, number>();
    const seen = new Set<string>();
    return lines.flatMap((line) => {
      const { record, partition, offset: journalOffset } = line;
      const { origin } = record;
      if (origin.kind !== "record" || !isStep(line)) return [];
      const { name, offset } = origin;
      const before = latest.get(name) ?? -1;
      const again = seen.has(`${name} ${offset}`);
      seen.add(`${name} ${offset}`);
      latest.set(name, Math.max(before, offset));
      if (again || offset > before) return [];
      const place = { partition, actor, offsets: [journalOffset] };
      return [violation("reordered", place, `offset ${offset} of ${name} was applied behind ${before}`)];
    });
  });

/** Lost, doubled and reordered source records (I1, I3). */
export const checkInputs = (evidence: Evidence): readonly Violation[] => {
  const counts = countsOf(evidence);
  return [
    ...vanishedRecords(evidence),
    ...evidence.sourceReads.flatMap(({ records }) =>
      records.flatMap((record) => lostRecord(evidence, record, counts)),
    ),
    ...doubledInputs(counts),
    ...reorderedInputs(evidence),
  ];
};
