import type { ParkedInput, PendingCall } from "@hybrid/contracts";
import type { ActorId } from "@hybrid/kernel";
import type { Position, RestoredRecord } from "@hybrid/log";
import { type Violation, violation } from "../violation.ts";
import type { CheckFrame } from "./codecs.ts";
import { isPresent } from "./commits.ts";
import { type CommitTrace, type Evidence, type JournalLine, waitingAfter } from "./evidence.ts";
import { covers } from "./fencing.ts";

interface Held {
  readonly seq: number;
  readonly state: string;
  readonly pending: readonly PendingCall[];
  readonly waiting: readonly ParkedInput[];
}

const fromCheckpoint = ({ checkpoint }: CheckFrame, value: Uint8Array): Held => {
  const { seq, state, pending, parked } = checkpoint.decode(value);
  return { seq, state, pending, waiting: parked?.inputs ?? [] };
};

/** Undefined when the checkpoint is newer than this record of the tail. */
const fromJournal = (
  { journal }: CheckFrame,
  value: Uint8Array,
  before: Held | undefined,
): Held | undefined => {
  const record = journal.decode(value);
  const { seq, state, pending } = record;
  if (before && before.seq >= seq) return undefined;
  return { seq, state, pending, waiting: waitingAfter(before?.waiting ?? [], record) };
};

/** Checkpoint first, then the tail; an actor whose state equals `initial` has no record. */
const heldActors = (frame: CheckFrame, records: readonly RestoredRecord[]): ReadonlyMap<ActorId, Held> => {
  const held = new Map<ActorId, Held>();
  for (const { origin, key, value } of records) {
    if (value === null) {
      held.delete(key);
      continue;
    }
    const actor =
      origin === "checkpoint" ? fromCheckpoint(frame, value) : fromJournal(frame, value, held.get(key));
    if (!actor) continue;
    if (isBlank(frame, actor)) held.delete(key);
    else held.set(key, actor);
  }
  return held;
};

const isBlank = (frame: CheckFrame, { state, pending, waiting }: Held): boolean =>
  state === frame.initialJson && pending.length === 0 && waiting.length === 0;

const textOf = ({ seq, state, pending, waiting }: Held): string =>
  JSON.stringify({ seq, state, pending, waiting });

const heldOf = ({ record: { seq, state, pending }, waiting }: JournalLine): Held => ({
  seq,
  state,
  pending,
  waiting,
});

interface Reading {
  readonly partition: number;
  readonly who: string;
  readonly position: Position | null;
  readonly records: readonly RestoredRecord[];
  /** Whether the commit must be contained, as far as the reader could know. */
  readonly contains: (commit: CommitTrace) => boolean;
}

const actorFault = (reading: Reading, last: JournalLine, held: Held | undefined): readonly Violation[] => {
  const { partition, actor, offset, record } = last;
  const place = { partition, actor, offsets: [offset] };
  const { who } = reading;
  if (!held || held.seq < record.seq)
    return [
      violation(
        "lostTail",
        place,
        `${who} got step ${held?.seq ?? "none"} of it, and step ${record.seq} had been committed`,
      ),
    ];
  if (textOf(held) === textOf(heldOf(last))) return [];
  return [
    violation(
      "stateDiffers",
      place,
      `what ${who} got of it at step ${held.seq} (state, calls, parked inputs) is not what the journal holds`,
    ),
  ];
};

const actorFaults = (evidence: Evidence, reading: Reading): readonly Violation[] => {
  const { frame } = evidence;
  const held = heldActors(frame, reading.records);
  const latest = new Map<ActorId, JournalLine>();
  for (const line of evidence.journal[reading.partition] ?? [])
    if (line.commit && reading.contains(line.commit)) latest.set(line.actor, line);
  const faults: Violation[] = [];
  for (const [actor, last] of latest) {
    const own = held.get(actor);
    if (own || !isBlank(frame, heldOf(last))) faults.push(...actorFault(reading, last, own));
  }
  for (const actor of held.keys())
    if (!latest.has(actor))
      faults.push(
        violation(
          "stateDiffers",
          { partition: reading.partition, actor },
          `${reading.who} got a state without a record`,
        ),
      );
  return faults;
};

/**
 * The position belongs to the append: neither behind a commit that is there nor ahead of all of them. Only
 * where no record stands a driver may go on by itself: behind markers of transactions, and what was aborted.
 */
const positionFaults = (evidence: Evidence, reading: Reading): readonly Violation[] => {
  const { commits } = evidence;
  const { partition, position, who } = reading;
  const own = commits.filter((commit) => commit.partition === partition && reading.contains(commit));
  const sure = own.filter(isPresent);
  const missed = sure.findLast(({ batch }) => !covers(position, batch.position));
  const offsets = missed?.lines.map(({ offset }) => offset) ?? [];
  const place = { partition, offsets };
  if (missed)
    return [
      violation("tornBatch", place, `the position that ${who} got lies before that of a batch that is there`),
    ];
  const known = own.filter((commit) => isPresent(commit) || commit.presence === "unknown");
  const passes = (topic: string, from: number, to: number): boolean =>
    evidence.sourceReads
      .filter((read) => read.topic === topic && read.partition === partition)
      .some(({ records }) => records.some(({ offset }) => offset >= from && offset < to));
  const ahead = Object.entries(position?.sources ?? {}).find(([topic, offset]) =>
    passes(topic, Math.max(0, ...known.map(({ batch }) => batch.position.sources[topic] ?? 0)), offset),
  );
  if (!ahead) return [];
  return [
    violation(
      "tornBatch",
      { partition },
      `the position that ${who} got lies ahead of every batch that is there`,
    ),
  ];
};

/** What owners got when they took over, and what the next one would get at the end (I1, I6). */
export const checkRestores = (
  evidence: Evidence,
  fenced: ReadonlyMap<CommitTrace, number>,
): readonly Violation[] => {
  const readings = evidence.fences.flatMap((fence): Reading[] => {
    const { partition, epoch, owner, position, order } = fence;
    const restore = evidence.restores.find(
      (each) => each.partition === partition && each.epoch === epoch && each.owner === owner,
    );
    if (!restore) return [];
    const contains = (commit: CommitTrace): boolean =>
      commit.epoch < epoch && commit.startedAt < order && !fenced.has(commit);
    const who = `${owner} (epoch ${epoch})`;
    return [{ partition, who, position, records: restore.records, contains }];
  });
  const finals = evidence.finals.map(
    ({ partition, position, records }): Reading => ({
      partition,
      who: "the last reading",
      position,
      records,
      contains: () => true,
    }),
  );
  return [...readings, ...finals].flatMap((reading) => [
    ...actorFaults(evidence, reading),
    ...positionFaults(evidence, reading),
  ]);
};
