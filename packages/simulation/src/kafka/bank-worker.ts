import { connect } from "node:net";
import { type Clock, type Handlers, ProviderError } from "@hybrid/kernel";
import { type KafkaLogSettings, type Log, LogUnavailableError, openKafkaLog } from "@hybrid/log";
import {
  type Logger,
  type Observer,
  type RunningService,
  runService,
  runtimeMetrics,
  systemRandom,
  systemScheduler,
} from "@hybrid/runtime";
import { Registry } from "prom-client";
import { type BankRelease, bankTopicsOf } from "../bank/topics.ts";
import { type Account, type BankCall, type BankInput, bankOf } from "../bank/topology.ts";
import type { History } from "../history.ts";
import { recordingHandlers } from "../recording-handlers.ts";
import { recordingLog, wrapLog } from "../recording-log.ts";
import type { WorkerConfig } from "./worker-orders.ts";

/** An account tries again soon, so that a run comes to rest soon. */
const retryMs = 1_000;

/** Its states look as before, so that one machine can tell whether all are right. */
const nextStates = { stateVersion: 2, upgrades: { 1: (old: unknown) => old } };

/** The topics and the topology of a bank on Kafka, as a release has them. */
export const kafkaBank = (name: string, release: BankRelease = "first") => {
  const topics = bankTopicsOf(name, release);
  const topology = bankOf({ name, topics, retryMs });
  return { topics, topology: release === "nextStates" ? { ...topology, ...nextStates } : topology };
};

/** Whether a commit that Kafka refused so may be there all the same: the answer may have got lost. */
export const isUnknownOnKafka = (error: unknown): boolean => error instanceof LogUnavailableError;

/** Sends every connection to one port of this machine, whatever the brokers call themselves. */
export const throughWire = (port: number): Pick<KafkaLogSettings, "socketFactory"> => ({
  socketFactory: ({ onConnect }) => connect({ host: "127.0.0.1", port, noDelay: true }, onConnect),
});

/** Opens the log as workers do. */
export const openBankLog = (config: WorkerConfig, clock: Clock, logger: Logger): Promise<Log> =>
  openKafkaLog({
    brokers: config.brokers,
    clientId: config.owner,
    instanceId: config.instanceId,
    clock,
    logger,
    sessionTimeoutMs: config.sessionMs,
    rebalanceTimeoutMs: 2 * config.sessionMs,
    transactionTimeoutMs: config.transactionMs,
    requestTimeoutMs: config.requestMs,
    // Checkpoints are written within a test's time, and restores find both checkpoint and tail.
    tailRecordsMax: 100,
    idleFlushMs: 700,
    ...(config.wirePort === null ? {} : throughWire(config.wirePort)),
  });

/** Handlers that ask the outside over HTTP, under the call's id. */
const outsideHandlers = (url: string, owner: string): Handlers<BankCall, BankInput> => {
  const ask = async (
    { kind, id }: BankCall,
    { callId, signal }: { readonly callId: string; readonly signal: AbortSignal },
  ): Promise<BankInput> => {
    const body = JSON.stringify({ kind, callId, owner });
    const answer = await fetch(url, { method: "POST", body, signal });
    await answer.text();
    if (answer.ok) return { kind: "done", id };
    const { status } = answer;
    throw new ProviderError("the outside is busy", { code: "throttled", retryable: true, status });
  };
  return { pay: ask, audit: ask };
};

const inGroupOfItsOwn = (log: Log): Log =>
  wrapLog(log, {
    join:
      (join) =>
      (group, ...rest) =>
        join({ ...group, service: `${group.service}-twin` }, ...rest),
  });

/** What a worker runs on besides its configuration. */
export interface WorkerPorts {
  readonly log: Log;
  readonly history: History;
  readonly logger: Logger;
  readonly observer: Observer;
  /** A planted bug of the log: what it does is not what it says. */
  readonly sabotage?: (log: Log) => Log;
  /** A planted bug of the runtime: changes how the log is used, before it is recorded. */
  readonly misuse?: (log: Log) => Log;
}

/** Runs the bank on Kafka, with everything recorded that the checker wants to know. */
export const runBank = (config: WorkerConfig, ports: WorkerPorts): Promise<RunningService<Account>> => {
  const { log, history, logger, observer } = ports;
  const { sabotage = (each) => each, misuse = (each) => each } = ports;
  const { topics, topology } = kafkaBank(config.name, config.release);
  const { owner, partitions, outsideUrl, twin } = config;
  const recorded = recordingLog(sabotage(log), history, owner, { isUnknown: isUnknownOnKafka });
  return runService({
    topology,
    handlers: recordingHandlers(outsideHandlers(outsideUrl, owner), history, owner),
    log: misuse(twin ? inGroupOfItsOwn(recorded) : recorded),
    topics: Object.values(topics),
    partitions,
    scheduler: systemScheduler(),
    random: systemRandom,
    logger,
    metrics: runtimeMetrics(new Registry()),
    limits: { backoffMsMax: 2_000, drainMs: 2_000, ...config.limits },
    sessionTimeoutMs: config.sessionMs,
    observer,
  });
};
