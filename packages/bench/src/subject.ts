import { type CalendarChange, calendarChanges, resyncRequests } from "@hybrid/contracts";
import {
  type ActorId,
  actorIdOf,
  emit,
  from,
  instant,
  type Machine,
  minutes,
  plus,
  type Timer,
  type Topology,
} from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import {
  type Logger,
  type RunningService,
  runService,
  runtimeMetrics,
  systemRandom,
  systemScheduler,
} from "@hybrid/runtime";
import { Registry } from "prom-client";

/** Partitions of every topic, as the embedded log has them by default. */
export const partitions = 8;

/** What the measured actors remember: facts of their last notification, and text that changes with each. */
export interface SubjectState {
  readonly count: number;
  readonly eventId: string;
  readonly etag: string;
  readonly note: string;
  /** When their one timer is due, milliseconds since 1970; null for none. */
  readonly dueAt: number | null;
}

/** Text without meaning from which notes are cut, so that no two states in a row are equal. */
const noise = Array.from({ length: 4_096 }, (_, at) => ((at * 2_654_435_761) >>> 7).toString(36).at(-1)).join(
  "",
);

/** `length` characters of noise, different for every `seed`. */
export const noteOf = (seed: number, length: number): string => {
  const start = (seed * 97) % (noise.length - length);
  return noise.slice(start, start + length);
};

/** Makes a state of about 300 bytes of JSON, as a user of the decorator has it. */
const noteLength = 140;

const initial: SubjectState = { count: 0, eventId: "", etag: "", note: "", dueAt: null };

const machine: Machine<SubjectState, CalendarChange, never> = (state, input, now, self) => {
  const count = state.count + 1;
  const next: SubjectState = {
    count,
    eventId: input.eventId,
    etag: input.etag ?? "",
    note: noteOf(count + input.receivedAt, noteLength),
    dueAt: plus(now, minutes(60) + count),
  };
  const tenth = input.receivedAt % 10 === 0;
  return {
    state: next,
    effects: tenth ? [emit(resyncRequests, self, { reason: "missed", requestedAt: now })] : [],
  };
};

const timersOf = ({ dueAt }: SubjectState): readonly Timer[] =>
  dueAt === null ? [] : [{ name: "look", dueAt: instant(dueAt) }];

/** A service that does what a real one does, and as little of its own as possible: one topic in, one out. */
export const subjectTopology: Topology<SubjectState, CalendarChange, never> = {
  service: "subject",
  machine,
  initial,
  stateVersion: 1,
  upgrades: {},
  sources: [from(calendarChanges, (input, { key }) => ({ to: key as ActorId, input }))],
  calls: {},
  emits: [resyncRequests],
  timers: timersOf,
  timerFired: () => {
    throw new Error("a timer fired although none is due while figures are taken");
  },
  callFailed: () => {
    throw new Error("a call failed although none is ever ordered");
  },
};

/** Warnings and errors reach the person; the rest would cost time. */
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
  error: (fields, message) => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`),
};

/** How a measured service differs from the usual one. */
export interface SubjectSettings {
  /** Its name, when several run side by side. */
  readonly service?: string;
  /** Partitions of every topic; {@link partitions} when left out. */
  readonly partitions?: number;
  readonly sessionTimeoutMs?: number;
  readonly logger?: Logger;
}

/**
 * Runs the service on a log with the machine's own clock and default limits; resolves when it has joined its
 * group.
 */
export const joinSubject = (
  log: Log,
  { service = subjectTopology.service, ...settings }: SubjectSettings = {},
): Promise<RunningService<SubjectState>> =>
  runService({
    topology: { ...subjectTopology, service },
    handlers: {},
    log,
    topics: [calendarChanges, resyncRequests],
    partitions,
    scheduler: systemScheduler(),
    random: systemRandom,
    logger,
    metrics: runtimeMetrics(new Registry()),
    ...settings,
  });

/** {@link joinSubject}, and resolves when every partition runs. */
export const startSubject = async (
  log: Log,
  settings?: SubjectSettings,
): Promise<RunningService<SubjectState>> => {
  const service = await joinSubject(log, settings);
  await service.ready();
  return service;
};

/** How closely the end of a round is seen; rounds last seconds. */
const lookEveryMs = 5;

/** Resolves when `isDone` says so of the steps so far; rejects when a partition stops for good before. */
export const whenStepped = (service: RunningService, isDone: (steps: number) => boolean): Promise<void> =>
  new Promise((resolve, reject) => {
    const look = setInterval(() => {
      if (!isDone(service.activity().steps)) return;
      clearInterval(look);
      resolve();
    }, lookEveryMs);
    service.failed.catch((error: unknown) => {
      clearInterval(look);
      reject(error);
    });
  });

/** The n-th measured actor. */
export const subjectActor = (n: number): ActorId => actorIdOf(`acme/u-${n.toString(36).padStart(24, "0")}`);

/** Event ids as Graph makes them: 152 characters. */
export const eventIdOf = (n: number): string =>
  `AAMkAD${n.toString(36).padStart(10, "0")}`.padEnd(152, "Qx7_");
