import { isDeepStrictEqual } from "node:util";
import { type JournalRecord, journalTopic } from "@hybrid/contracts";
import { type ActorId, type AnyTopology, instant, type Schemas } from "@hybrid/kernel";
import { type Log, type LogRecord, pagesOf } from "@hybrid/log";
import { bareValue, type Keys, openJson } from "@hybrid/sealing";
import {
  type ClockCorrection,
  controlStep,
  initialControl,
  isControlActor,
  type StateOrder,
} from "../src/store/control-state.ts";
import { inJson, isEffectsPage } from "../src/store/journal-content.ts";

/** All readable records of one partition, oldest first. */
export const readPartition = async (
  log: Log,
  topic: string,
  partition: number,
): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = [];
  for await (const page of pagesOf(log, { topic, partition })) records.push(...page);
  return records;
};

/** All readable records of a topic, partition by partition. */
export const readTopic = async (
  log: Log,
  topic: string,
  partitions: number,
): Promise<readonly LogRecord[]> => {
  const all: LogRecord[] = [];
  for (let partition = 0; partition < partitions; partition++)
    all.push(...(await readPartition(log, topic, partition)));
  return all;
};

/** A journal record with its actor. */
export interface Journaled extends JournalRecord {
  readonly actor: ActorId;
  readonly partition: number;
}

/** The whole journal of a service, decoded. */
export const readJournal = async (
  log: Log,
  service: string,
  partitions: number,
): Promise<readonly Journaled[]> => {
  const topic = journalTopic(service);
  const records = await readTopic(log, topic.name, partitions);
  return records.map((record) => ({
    ...topic.decode(record.value ?? new Uint8Array(0)),
    actor: (record.key ?? "") as ActorId,
    partition: record.partition,
  }));
};

/** A journal that says something that the machine does not. */
export interface JournalFault {
  readonly actor: ActorId;
  readonly seq: number;
  readonly what: "state" | "effects" | "seq" | "at";
}

/** What a fold of a journal gives. */
export interface FoldedJournal {
  /** The last state of every actor, as JSON value. */
  readonly states: ReadonlyMap<ActorId, unknown>;
  readonly faults: readonly JournalFault[];
}

/** Today's step of a record's actor: the runtime's own for operators' orders, else the topology's machine. */
const stepAgain = (
  topology: AnyTopology,
  state: unknown,
  { actor, at, taken }: Journaled & { readonly taken: unknown },
) => {
  if (taken === null) return { state, effects: [] };
  if (isControlActor(actor))
    return {
      state: controlStep(state as (typeof initialControl)["state"], taken as StateOrder | ClockCorrection),
      effects: [],
    };
  return topology.machine(state, taken, instant(at), actor);
};

/** Where nothing is sealed, no key is ever asked for. */
const nothingSealed: Keys = { find: () => null };

const hasErased = (value: unknown): boolean => JSON.stringify(value).includes('"erased":true');

const isCorrection = ({ actor, input }: Journaled): boolean =>
  isControlActor(actor) && (JSON.parse(input) as Partial<ClockCorrection> | null)?.kind === "correctClock";

/** The journal with all effects of a step in the step's own record. */
const withWholeEffects = (journal: readonly Journaled[]): readonly Journaled[] => {
  const steps = new Map<ActorId, Journaled & { effects: string }>();
  return journal.map((record) => {
    const { actor, effects } = record;
    if (isEffectsPage(record)) {
      const step = steps.get(actor);
      const whole = [step?.effects ?? "[]", effects].flatMap(
        (page) => JSON.parse(page) as readonly unknown[],
      );
      if (step) step.effects = JSON.stringify(whole);
      return { ...record, effects: "[]" };
    }
    const own = { ...record };
    if (own.input !== "null") steps.set(actor, own);
    return own;
  });
};

/**
 * Replays a whole journal through the machine (I1, I6): every record must hold the state and the effects that
 * today's machine gives for its input at its time, numbered without a gap within a life of its actor, and
 * `at` must never go backwards within a partition but where a correction of a wrong clock says so. A record
 * whose input is null is no step: it says what became of pending calls and parked inputs, or goes on with the
 * effects of the step before it.
 * `schemas`: what states and inputs in Avro are read by. `keys`: what sealed parts are opened with; a step
 * that had one whose key was erased meanwhile is not compared, and what it left is taken as it stands.
 */
export const foldJournal = (
  topology: AnyTopology,
  journal: readonly Journaled[],
  { schemas, keys = nothingSealed }: { readonly schemas?: Schemas | undefined; readonly keys?: Keys } = {},
): FoldedJournal => {
  const reading = { topology, ...(schemas && { schemas }) };
  const lives = new Map<ActorId, { json: string; seq: number }>();
  const latest = new Map<number, number>();
  const faults: JournalFault[] = [];
  for (const journaled of withWholeEffects(journal)) {
    const record = { ...journaled, ...inJson(journaled, reading) };
    const { actor, partition, seq, at, state, effects, pending, parking } = record;
    const initial = JSON.stringify(isControlActor(actor) ? initialControl.state : topology.initial);
    const found = (what: JournalFault["what"]) => faults.push({ actor, seq, what });
    const life = lives.get(actor);
    if (life && seq !== life.seq + 1) found("seq");
    if (at < (latest.get(partition) ?? 0) && !isCorrection(record)) found("at");
    latest.set(partition, at);
    const before = openJson(life?.json ?? initial, keys);
    const taken = openJson(record.input, keys);
    if (!hasErased(before) && !hasErased(taken)) {
      const step = stepAgain(topology, before, { ...record, taken });
      const isSame = (made: unknown, json: string): boolean =>
        isDeepStrictEqual(bareValue(JSON.parse(JSON.stringify(made))), bareValue(openJson(json, keys)));
      if (!isSame(step.state, state)) found("state");
      if (!isSame(step.effects, effects)) found("effects");
    }
    const blank = state === initial && pending.length === 0 && (parking?.left ?? 0) === 0;
    if (blank) lives.delete(actor);
    else lives.set(actor, { json: state, seq });
  }
  const own = [...lives].filter(([actor]) => !isControlActor(actor));
  const states = new Map(own.map(([actor, { json }]) => [actor, JSON.parse(json) as unknown]));
  return { states, faults };
};
