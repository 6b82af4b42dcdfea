import { TopologyError } from "./errors.ts";
import type { ActorId } from "./ids.ts";
import type { CallFailure, Machine, Timer } from "./machine.ts";
import type { SealScope } from "./sealed.ts";
import type { EpochMs } from "./time.ts";
import { hours, seconds } from "./time.ts";
import type { AnyTopic, Topic } from "./topic.ts";

/** Where a source record stood. */
export interface RecordOrigin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** The record's own time, milliseconds since 1970. */
  readonly timestamp: EpochMs;
}

/** An input and the actor it is for. */
export interface Addressed<Input> {
  readonly to: ActorId;
  readonly input: Input;
}

/** A topic that is read, and how its records become inputs; undefined means deliberately ignored. */
export interface Source<Input> {
  readonly topic: AnyTopic;
  readonly map: (value: unknown, origin: RecordOrigin) => Addressed<Input> | undefined;
}

/** Declares a source with the topic's own value type. */
export const from = <Value, Input>(
  topic: Topic<Value>,
  map: (value: Value, origin: RecordOrigin) => Addressed<Input> | undefined,
): Source<Input> => ({ topic, map: map as Source<Input>["map"] });

/** Why repeating a call is safe; every call states it (docs/DESIGN.md, "Calls"). */
export interface CallSpec {
  /** `idempotencyKey` at the target, `checkBeforeWrite` by us, or it simply `mayRepeat`. */
  readonly repeat: "idempotencyKey" | "checkBeforeWrite" | "mayRepeat";
  /** The reason, one sentence for a reviewer. */
  readonly because: string;
  /** Hard deadline in milliseconds, at most {@link callDeadlineMsMax}; that maximum when left out. */
  readonly deadlineMs?: number;
  /**
   * Whether it changes anything outside; it does unless stated false. An organisation in observe mode makes
   * only calls that do not.
   */
  readonly writes?: boolean;
}

/**
 * No call may take longer: after a takeover, waiting this long means that the old owner's calls have ended.
 */
export const callDeadlineMsMax = seconds(30);

/** What carries out a call knows about it. */
export interface CallContext {
  /** `actorId/seq/index`: the same for every repetition of the same order. */
  readonly callId: string;
  readonly actor: ActorId;
  /** Aborted at the deadline and at shutdown. */
  readonly signal: AbortSignal;
  readonly deadlineAt: EpochMs;
  /** Ids of this partition's actors that start with `prefix`, in id order, after `after`, at most `limit`. */
  actors(prefix: string, after: string | null, limit: number): readonly ActorId[];
}

/** Carries out every kind of call; the returned input holds facts only, at most 64 KiB as JSON. */
export type Handlers<Call extends { readonly kind: string }, Input> = {
  readonly [Kind in Call["kind"]]: (
    order: Extract<Call, { readonly kind: Kind }>,
    context: CallContext,
  ) => Promise<Input>;
};

/** By version n: what turns something stored in that version into what n + 1 has in its place. Pure. */
export type Upgrades = Readonly<Record<number, (old: unknown) => unknown>>;

/**
 * What seals texts that earlier releases have stored and written in clear. Pure; sealed values come open, or
 * as boxes where it is only asked whether there is anything to do.
 */
export interface PastSealing {
  /** Raise it when more is sealed than before: then every partition is gone through once more. */
  readonly version: number;
  /** A state, a call or an input of the actor with its texts sealed; undefined where none is in clear. */
  readonly stored: (value: unknown, actor: ActorId) => unknown;
  /** The same of the value of a record. */
  readonly record: (value: unknown, key: ActorId) => unknown;
  /** Which actor writes the record of a key; where left out, the one whose id begins the key. */
  readonly writerOf?: (key: ActorId) => ActorId;
}

/** One service, on one screen: what it reads, how it behaves, what it calls and what it writes. */
export interface Topology<State, Input, Call extends { readonly kind: string }> {
  /** Names the journal (`<service>-journal`), the checkpoint and the consumer group. */
  readonly service: string;
  readonly machine: Machine<State, Input, Call>;
  readonly initial: State;
  /**
   * Version of everything that is stored of actors: states, calls without outcome, inputs of parked actors.
   * From 1; `upgrades[n]` turns a state of version n into one of n + 1. Once a partition has states of a
   * version, no release that knows only earlier ones works on it.
   */
  readonly stateVersion: number;
  readonly upgrades: Upgrades;
  /** Turns a call of version n that has no outcome yet into one of n + 1; where there is none, it stays. */
  readonly callUpgrades?: Upgrades;
  /** Turns an input that a parked actor keeps from version n into one of n + 1; where none, it stays. */
  readonly inputUpgrades?: Upgrades;
  /**
   * Whose sealed values its states, inputs, calls and records may hold; none when left out. Timers and
   * upgrades must do without their content: they see them closed, and pass them on whole.
   */
  readonly sealed?: readonly SealScope[];
  /** Seals what releases before it had in clear, once, before a partition runs. */
  readonly past?: PastSealing;
  readonly sources: readonly Source<Input>[];
  readonly calls: { readonly [Kind in Call["kind"]]: CallSpec };
  readonly emits: readonly AnyTopic[];
  /** The timers that a state wants; pure, cheap, called after every step. */
  readonly timers: (state: State) => readonly Timer[];
  readonly timerFired: (timer: Timer) => Input;
  /** A method, so that a topology without calls is still a topology. */
  callFailed(order: Call, failure: CallFailure): Input;
}

/** A topology whose types do not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- the only type that every topology is assignable to.
export type AnyTopology = Topology<any, any, any>;

const sourceFaults = (topology: AnyTopology, known: ReadonlySet<string>): string[] => {
  const faults: string[] = [];
  const names = topology.sources.map((source) => source.topic.name);
  if (names.length === 0) faults.push("it has no source: nothing could ever reach its actors");
  for (const { topic } of topology.sources) {
    if (!known.has(topic.name)) faults.push(`source ${topic.name} is not a topic of the contracts`);
    if (topic.partitioning === "none")
      faults.push(
        `source ${topic.name} is not co-partitioned: it is spread without meaning, so one actor's records ` +
          "would reach several owners",
      );
    if (names.filter((name) => name === topic.name).length > 1 && names.indexOf(topic.name) >= 0)
      faults.push(`source ${topic.name} is declared more than once`);
  }
  return [...new Set(faults)];
};

const callFaults = (topology: AnyTopology, handlers: Readonly<Record<string, unknown>>): string[] => {
  const faults: string[] = [];
  const specs = topology.calls as Readonly<Record<string, CallSpec>>;
  for (const [kind, spec] of Object.entries(specs)) {
    if (!Object.hasOwn(handlers, kind) || typeof handlers[kind] !== "function")
      faults.push(`call ${kind} has no handler`);
    if (spec.because.trim().length < 10)
      faults.push(`call ${kind} does not say why repeating it is safe (calls.${kind}.because)`);
    const deadlineMs = spec.deadlineMs ?? callDeadlineMsMax;
    if (!(deadlineMs > 0 && deadlineMs <= callDeadlineMsMax))
      faults.push(`call ${kind} has a deadline of ${deadlineMs} ms; it must be 1 to ${callDeadlineMsMax}`);
  }
  for (const kind of Object.keys(handlers))
    if (!Object.hasOwn(specs, kind)) faults.push(`handler ${kind} belongs to no declared call`);
  return faults;
};

/** What is written or read encrypted must be declared, or nobody would open it. */
const sealFaults = ({ sources, emits, sealed = [] }: AnyTopology): string[] =>
  [...sources.map(({ topic }) => topic), ...emits].flatMap(({ name, sealed: held = [] }) =>
    held
      .filter((scope) => !sealed.includes(scope))
      .map(
        (scope) => `${name} holds values that are sealed for a ${scope}, which \`sealed\` does not declare`,
      ),
  );

const versionFaults = (topology: AnyTopology): string[] => {
  const { stateVersion, upgrades } = topology;
  if (!Number.isSafeInteger(stateVersion) || stateVersion < 1)
    return [`stateVersion is ${stateVersion}; it must be a whole number of at least 1`];
  const faults: string[] = [];
  for (let version = 1; version < stateVersion; version++)
    if (!upgrades[version])
      faults.push(`states of version ${version} cannot be read: upgrades[${version}] is missing`);
  const { callUpgrades = {}, inputUpgrades = {} } = topology;
  for (const [name, each] of Object.entries({ upgrades, callUpgrades, inputUpgrades }))
    for (const version of Object.keys(each).map(Number))
      if (!(version >= 1 && version < stateVersion))
        faults.push(
          `${name}[${version}] is never used, for stateVersion is ${stateVersion}: raise it, or remove one`,
        );
  return faults;
};

/**
 * Refuses a topology that must not start. Throws {@link TopologyError} that names every fault at once:
 * unknown topics, sources that are not co-partitioned, calls without handler or without a stated reason
 * why repeating is safe, missing upgrades.
 */
export const checkTopology = (
  topology: AnyTopology,
  given: { readonly handlers: Readonly<Record<string, unknown>>; readonly topics: readonly AnyTopic[] },
): void => {
  const known = new Set(given.topics.map((topic) => topic.name));
  const faults = [
    ...(/^[a-z][a-z0-9-]*$/.test(topology.service)
      ? []
      : [`service name "${topology.service}" is not kebab-case`]),
    ...sourceFaults(topology, known),
    ...topology.emits
      .filter((topic) => !known.has(topic.name))
      .map((topic) => `emitted topic ${topic.name} is not a topic of the contracts`),
    ...callFaults(topology, given.handlers),
    ...sealFaults(topology),
    ...versionFaults(topology),
  ];
  if (faults.length > 0) throw new TopologyError(topology.service, faults);
};

/** The longest a timer may lie ahead: far beyond any use, and a sure sign of a wrong unit. */
export const timerAheadMsMax = hours(24 * 400);
