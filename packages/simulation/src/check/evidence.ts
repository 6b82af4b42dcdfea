import type { DeadLetter, JournalRecord, ParkedInput } from "@hybrid/contracts";
import type { ActorId, Effect } from "@hybrid/kernel";
import type { Commit, CommitReceipt, LogRecord, OutgoingRecord } from "@hybrid/log";
import { inJson, isEffectsPage } from "@hybrid/runtime";
import type {
  Accepted,
  CallStarted,
  Ended,
  Fenced,
  HistoryEvent,
  PartitionRead,
  Restored,
  Stamped,
  StateRead,
} from "../history.ts";
import type { CheckFrame } from "./codecs.ts";

/** A commit from the question to the answer, and what of it is in the journal at the end. */
export interface CommitTrace {
  readonly commitId: string;
  readonly owner: string;
  readonly partition: number;
  readonly epoch: number;
  readonly batch: Commit;
  readonly startedAt: number;
  /** Infinity while there is no answer. */
  endedAt: number;
  outcome: "acknowledged" | "rejected" | "open";
  receipt: CommitReceipt | null;
  error: string | null;
  /** Its records in the journal, in order. */
  readonly lines: JournalLine[];
  /** How much of its journal is there; `unknown` for an unanswered commit that has none. */
  presence: "whole" | "part" | "none" | "unknown";
}

/** A record of the journal at the end. */
export interface JournalLine {
  readonly partition: number;
  readonly offset: number;
  readonly actor: ActorId;
  readonly bytes: Uint8Array;
  readonly record: JournalRecord;
  /** All that the step ordered, also where further records go on with it; none where there is no step. */
  readonly effects: Effect<unknown, { readonly kind: string }>[];
  /** Whose it is; null when nobody of the history committed it. */
  commit: CommitTrace | null;
  /** The actor's record before this one. */
  readonly previous: JournalLine | null;
  /** The inputs that wait with the parked actor after this record, oldest first. */
  readonly waiting: readonly ParkedInput[];
}

/** Whether the record is a step; one without input only says what became of calls and parked inputs. */
export const isStep = ({ record }: JournalLine): boolean => record.input !== "null";

/** Whether the step took its input from those that waited with its parked actor. */
export const isRetry = ({ record }: JournalLine): boolean => (record.parking?.taken ?? 0) > 0;

/** Where an input stood, as text. */
export const inputKey = (topic: string, partition: number, offset: number): string =>
  `${topic}/${partition}/${offset}`;

/** A history, sorted into what the checks ask for. */
export interface Evidence {
  readonly frame: CheckFrame;
  readonly accepted: readonly Stamped<Accepted>[];
  readonly fences: readonly Stamped<Fenced>[];
  readonly restores: readonly Stamped<Restored>[];
  readonly commits: readonly CommitTrace[];
  readonly callsStarted: readonly Stamped<CallStarted>[];
  /** By partition, in offset order. */
  readonly journal: readonly (readonly JournalLine[])[];
  readonly byActor: ReadonlyMap<ActorId, readonly JournalLine[]>;
  readonly sourceReads: readonly PartitionRead[];
  /** Records of emitted and dead-letter topics, and posts. */
  readonly outputs: readonly LogRecord[];
  readonly deadLetters: readonly (DeadLetter & { readonly offset: number })[];
  readonly finals: readonly StateRead[];
  /** Why the system was not at rest at the end; null when it was. */
  readonly stuck: string | null;
}

type Kinds = { readonly [Kind in HistoryEvent["kind"]]: Stamped<Extract<HistoryEvent, { kind: Kind }>>[] };

const byKind = (events: readonly Stamped[]): Kinds => {
  const kinds: Record<HistoryEvent["kind"], Stamped[]> = {
    accepted: [],
    fenced: [],
    restored: [],
    commitStarted: [],
    commitAcknowledged: [],
    commitRejected: [],
    callStarted: [],
    callEnded: [],
    partitionRead: [],
    stateRead: [],
    ended: [],
  };
  for (const event of events) kinds[event.kind].push(event);
  return kinds as Kinds;
};

/** Workers of several releases may have emitted: records are compared as the newest one writes them. */
const inOneForm =
  ({ emits }: CheckFrame) =>
  <Emitted extends Pick<OutgoingRecord, "topic" | "value">>(record: Emitted): Emitted => {
    const topic = emits.get(record.topic);
    if (!topic || record.value === null) return record;
    try {
      return { ...record, value: topic.encode(topic.decode(record.value)) };
    } catch {
      // What nobody can decode is compared byte by byte.
      return record;
    }
  };

const commitsOf = (frame: CheckFrame, kinds: Kinds): readonly CommitTrace[] => {
  const traces = new Map<string, CommitTrace>();
  for (const { commitId, owner, partition, epoch, batch, order } of kinds.commitStarted)
    traces.set(commitId, {
      commitId,
      owner,
      partition,
      epoch,
      batch: { ...batch, outputs: batch.outputs.map(inOneForm(frame)) },
      startedAt: order,
      endedAt: Number.POSITIVE_INFINITY,
      outcome: "open",
      receipt: null,
      error: null,
      lines: [],
      presence: "unknown",
    });
  for (const { commitId, receipt, order } of kinds.commitAcknowledged) {
    const trace = traces.get(commitId);
    if (trace) Object.assign(trace, { endedAt: order, outcome: "acknowledged", receipt });
  }
  for (const { commitId, error, order, unknown } of kinds.commitRejected) {
    const trace = traces.get(commitId);
    if (trace && unknown !== true) Object.assign(trace, { endedAt: order, outcome: "rejected", error });
  }
  return [...traces.values()];
};

/** The list of parked inputs as a record leaves it: the journal says only what it changed. */
export const waitingAfter = (
  before: readonly ParkedInput[],
  { parking }: Pick<JournalRecord, "parking">,
): readonly ParkedInput[] => {
  if (!parking) return [];
  const left = before.slice(parking.taken);
  return parking.kept ? [...left, parking.kept] : left;
};

const journalOf = (frame: CheckFrame, reads: readonly PartitionRead[]) => {
  const byActor = new Map<ActorId, JournalLine[]>();
  const journal: JournalLine[][] = Array.from({ length: frame.partitions }, () => []);
  for (const { partition, records, start } of reads) {
    if (start > (records[0]?.offset ?? start))
      throw new RangeError(`${frame.journal.name}, partition ${partition}: records below its start`);
    for (const { key, offset, value } of records) {
      const bytes = value ?? new Uint8Array(0);
      const record = inJson(frame.journal.decode(bytes), frame);
      const actor = (key ?? "") as ActorId;
      const own = byActor.get(actor) ?? [];
      const ordered = JSON.parse(record.effects) as JournalLine["effects"];
      const isPage = isEffectsPage(record);
      if (isPage) own.findLast(isStep)?.effects.push(...ordered);
      const effects = isPage ? [] : ordered;
      const previous = own.at(-1) ?? null;
      const waiting = waitingAfter(previous?.waiting ?? [], record);
      own.push({ partition, offset, actor, bytes, record, effects, commit: null, previous, waiting });
      byActor.set(actor, own);
      const last = own.at(-1);
      if (last) journal[partition]?.push(last);
    }
  }
  return { journal, byActor };
};

/** Whether effects order records of the topic. */
export const isOutput = ({ emits, post }: CheckFrame, topic: string): boolean =>
  emits.has(topic) || topic === post.name;

/** Sorts a history. Throws when it has no end: without a reading of the log nothing can be said. */
export const evidenceOf = (frame: CheckFrame, events: readonly Stamped[]): Evidence => {
  const kinds = byKind(events);
  const ended: Ended | undefined = kinds.ended.at(-1);
  if (!ended) throw new TypeError("the history has no end: call readEnd when the run is over");
  const readsOf = (wanted: (topic: string) => boolean) =>
    kinds.partitionRead.filter(({ topic }) => wanted(topic));
  const { journal, byActor } = journalOf(
    frame,
    readsOf((topic) => topic === frame.journal.name),
  );
  const dead = readsOf((topic) => frame.deadTopics.has(topic)).flatMap(({ records }) => records);
  const emitted = readsOf((topic) => isOutput(frame, topic)).flatMap(({ records }) => records);
  return {
    frame,
    accepted: kinds.accepted,
    fences: kinds.fenced,
    restores: kinds.restored,
    commits: commitsOf(frame, kinds),
    callsStarted: kinds.callStarted,
    journal,
    byActor,
    sourceReads: readsOf((topic) => frame.sources.has(topic)),
    outputs: [...emitted.map(inOneForm(frame)), ...dead],
    deadLetters: dead.map(({ offset, value }) => ({
      ...frame.dead.decode(value ?? new Uint8Array(0)),
      offset,
    })),
    finals: kinds.stateRead,
    stuck: ended.stuck,
  };
};
