import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { topicSettings } from "@hybrid/contracts";
import { type Log, openEmbeddedLog } from "@hybrid/log";
import { ingestTopics, readIngestConfig, startNotificationIngest } from "@hybrid/notification-ingest";
import { systemScheduler } from "@hybrid/runtime";
import type { Listening } from "@hybrid/service";
import { pino } from "pino";
import { Registry } from "prom-client";
import type { Bench, Stage } from "../bench.ts";
import type { Load, LoadResult } from "../load/load-generator.ts";
import { partitions } from "../subject.ts";

const connections = 64;
const goalRequests = 5_000;
const goalNotifications = 20_000;
const batch = 10;

const generatorFile = join(import.meta.dirname, "../load/load-generator.ts");

/** The other process, which has a machine's load to make. */
const openGenerator = () => {
  const child: ChildProcess = fork(generatorFile, [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const run = (load: Load): Promise<LoadResult> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error("the load generator has ended; see above why"));
      child.once("exit", ended);
      child.once("message", (result) => {
        child.off("exit", ended);
        resolve(result as LoadResult);
      });
      child.send(load);
    });
  return { run, close: () => child.kill() };
};

interface Server {
  readonly log: Log;
  readonly ingest: Listening;
  /** Everything of a load but how many and how fast. */
  readonly loadOf: (perRequest: number, stage: Stage) => Omit<Load, "rate" | "seconds">;
}

const startServer = async ({ folder }: Stage): Promise<Server> => {
  const clock = systemScheduler();
  const log = await openEmbeddedLog({ path: join(folder, "hybrid.log"), clock });
  await log.createTopics(ingestTopics.map((topic) => topicSettings(topic, partitions)));
  const key = randomBytes(32).toString("base64url");
  const config = readIngestConfig({
    CLIENT_STATE_KEYS: key,
    INGEST_PORT: "0",
    LOG_PARTITIONS: String(partitions),
  });
  const logger = pino({ level: "warn" }, pino.destination(2));
  const ingest = await startNotificationIngest({
    config,
    log,
    clock,
    metricsRegistry: new Registry(),
    logger,
  });
  const port = Number(new URL(ingest.url).port);
  const loadOf: Server["loadOf"] = (notificationsPerRequest, { sized }) => ({
    host: config.host,
    port,
    connections,
    mix: {
      requests: sized(4_000, 100),
      notificationsPerRequest,
      users: sized(20_000, 100),
      key,
      path: config.notificationPath,
      authority: `${config.host}:${port}`,
    },
  });
  return { log, ingest, loadOf };
};

const recordsIn = async (log: Log): Promise<number> => {
  let count = 0;
  for (const { name } of ingestTopics)
    for (let partition = 0; partition < partitions; partition++) {
      const { start, end } = await log.offsets(name, partition);
      count += end - start;
    }
  return count;
};

/** A load that was borne. */
interface Round extends LoadResult {
  /** Processor time of the server's main thread for each notification, in microseconds. */
  readonly cpuUs: number;
}

const measure = async (stage: Stage): Promise<void> => {
  const { log, ingest, loadOf } = await startServer(stage);
  const generator = openGenerator();
  let expected = 0;
  const round = async (perRequest: number, rate: number | null): Promise<Round> => {
    const cpuBefore = process.threadCpuUsage();
    const result = await generator.run({ ...loadOf(perRequest, stage), rate, seconds: stage.roundSeconds });
    const { user, system } = process.threadCpuUsage(cpuBefore);
    expected += result.answered * perRequest;
    const { requestsPerSecond, p50Ms, p99Ms } = result;
    stage.say(
      `${perRequest} a request, ${rate === null ? "as fast as it goes" : `${rate} requests/s`}: ` +
        `${requestsPerSecond.toFixed(0)} requests/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
    );
    return { ...result, cpuUs: (user + system) / (result.answered * perRequest) };
  };
  for (const perRequest of [1, batch]) await round(perRequest, null);
  for (let turn = 0; turn < stage.rounds; turn++) {
    const alone = await round(1, null);
    stage.sample("ingest-requests", alone.requestsPerSecond);
    stage.sample("ingest-request-cpu", alone.cpuUs);
    const together = await round(batch, null);
    stage.sample("ingest-notifications", together.requestsPerSecond * batch);
    stage.sample("ingest-notification-cpu", together.cpuUs);
    const { p50Ms, p99Ms } = await round(1, stage.sized(goalRequests, 50));
    stage.sample("ingest-p50", p50Ms);
    stage.sample("ingest-p99", p99Ms);
  }
  generator.close();
  await ingest.close();
  const found = await recordsIn(log);
  await log.close();
  if (found !== expected) throw new Error(`${expected} notifications were accepted, ${found} are in the log`);
};

/** How fast notifications become durable. */
export const ingestBench: Bench = {
  name: "ingest",
  summary: "HTTP requests over 64 connections that are kept alive, until their notifications are durable",
  processes: 1,
  measure,
  figures: [
    {
      name: "ingest-requests",
      unit: "requests/s",
      goal: { kind: "atLeast", value: goalRequests },
      meaning: "requests with one notification each, answered 202, every connection always busy",
    },
    {
      name: "ingest-notifications",
      unit: "notifications/s",
      goal: { kind: "atLeast", value: goalNotifications },
      meaning: "notifications in requests with ten each, answered 202, every connection always busy",
    },
    {
      name: "ingest-p50",
      unit: "ms",
      goal: null,
      meaning: "half of 5,000 requests a second are answered within this, counted from when each was due",
    },
    { name: "ingest-p99", unit: "ms", goal: null, meaning: "99 of 100 of them are answered within this" },
    {
      name: "ingest-request-cpu",
      unit: "us",
      goal: null,
      meaning: "processor time of the server's main thread for a request with one notification",
    },
    {
      name: "ingest-notification-cpu",
      unit: "us",
      goal: null,
      meaning: "the same for each notification of a request with ten",
    },
  ],
};
