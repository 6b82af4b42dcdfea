import { type Violation, violation } from "../violation.ts";
import type { Evidence, JournalLine } from "./evidence.ts";

/** A call that the journal orders. */
interface Ordered {
  readonly line: JournalLine;
  /** When anybody could first know that the order is durable: its answer, or a fence that came after it. */
  readonly durableAt: number;
  /** The record that took its outcome, and when that was known to be durable. */
  settled: { readonly line: JournalLine; readonly knownAt: number } | null;
}

/** A commit without an answer is known from the next fence on: the new owner reads what is there. */
const knownAt = ({ fences }: Evidence, { commit, partition }: JournalLine): number => {
  if (!commit) return 0;
  const next = fences.find(
    (each) => each.partition === partition && each.epoch > commit.epoch && each.order > commit.startedAt,
  );
  return Math.min(commit.endedAt, next?.order ?? Number.POSITIVE_INFINITY);
};

const orderedCalls = (evidence: Evidence) => {
  const calls = new Map<string, Ordered>();
  const reused: Violation[] = [];
  for (const line of evidence.journal.flat()) {
    const { actor, record, effects } = line;
    for (const [index, { kind }] of effects.entries()) {
      if (kind !== "call") continue;
      const callId = `${actor}/${record.seq}/${index}`;
      const before = calls.get(callId)?.line;
      if (before) {
        const place = { partition: line.partition, actor, offsets: [before.offset, line.offset] };
        reused.push(violation("callIdReused", place, `two orders have the call id ${callId}`));
      }
      calls.set(callId, { line, durableAt: knownAt(evidence, line), settled: null });
    }
    if (record.origin.kind !== "outcome") continue;
    const call = calls.get(record.origin.name);
    if (call) call.settled ??= { line, knownAt: knownAt(evidence, line) };
  }
  return { calls, reused };
};

const actorOf = (callId: string): string => callId.split("/").slice(0, -2).join("/");

const nobody = { owner: "", epoch: 0 };

const startFaults = (evidence: Evidence, calls: ReadonlyMap<string, Ordered>): readonly Violation[] =>
  evidence.callsStarted.flatMap(({ callId, owner, order }) => {
    const call = calls.get(callId);
    if (!call)
      return [
        violation(
          "callBeforeRecord",
          { actor: actorOf(callId) },
          `${owner} started call ${callId} that no record orders`,
        ),
      ];
    const { partition, actor, offset } = call.line;
    const place = { partition, actor, offsets: [offset] };
    if (order < call.durableAt)
      return [
        violation("callBeforeRecord", place, `${owner} started call ${callId} before its record was durable`),
      ];
    // A fenced owner may not know yet; the present one has read the outcome, or has written it itself.
    const holder = evidence.fences
      .filter((each) => each.partition === partition && each.order < order)
      .reduce((a, b) => (b.epoch > a.epoch ? b : a), nobody);
    if (!call.settled || call.settled.knownAt >= order || holder.owner !== owner) return [];
    return [violation("callRepeated", place, `${owner} started call ${callId} again after its outcome`)];
  });

/** Calls against the records that order them (I4). */
export const checkCalls = (evidence: Evidence): readonly Violation[] => {
  const { calls, reused } = orderedCalls(evidence);
  const faults = [...reused, ...startFaults(evidence, calls)];
  if (evidence.stuck !== null) return faults;
  const started = new Set(evidence.callsStarted.map(({ callId }) => callId));
  const lost = [...calls].flatMap(([callId, { line, settled }]) => {
    if (settled) return [];
    const { partition, actor, offset } = line;
    const how = started.has(callId) ? "was started and has no outcome" : "was never started";
    return [violation("lostCall", { partition, actor, offsets: [offset] }, `call ${callId} ${how}`)];
  });
  return [...faults, ...lost];
};
