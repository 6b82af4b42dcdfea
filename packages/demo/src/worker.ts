import { readDecoratorConfig } from "@hybrid/decorator";
import { type System, serviceNames, startSystem } from "@hybrid/hybrid";
import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { readIngestConfig } from "@hybrid/notification-ingest";
import { seededRandom, systemDeadlineTimer } from "@hybrid/runtime";
import { readConfig as readUserStateConfig } from "@hybrid/user-state";
import pino from "pino";
import { httpInFlight } from "./http-in-flight.ts";
import { plantedCompose, plantedNumbers } from "./planted-faults.ts";
import {
  type NumberedAnswer,
  type NumberedRequest,
  subscriptionLifetimeMs,
  type WorkerActivity,
  type WorkerAddresses,
  type WorkerAnswers,
  type WorkerOptions,
  type WorkerRequest,
} from "./worker-protocol.ts";

/** The services on a virtual clock that the parent process moves. */
interface Stand {
  readonly clock: VirtualClock;
  readonly system: System;
}

let stand: Stand | undefined;
const requestsUnderWay = httpInFlight();
let stepsSeen = -1;

const environmentOf = (options: WorkerOptions): Record<string, string> => {
  const base = `https://localhost:${options.ingest.port}`;
  return {
    INGEST_PORT: String(options.ingest.port),
    LOG_PARTITIONS: String(options.partitions),
    // A day instead of a week, so that the day of the play sees everybody's renewal.
    USER_STATE_SUBSCRIPTION_LIFETIME_MS: String(subscriptionLifetimeMs),
    CLIENT_STATE_KEYS: options.clientStateKey,
    NOTIFICATION_URL: `${base}/graph/notifications`,
    LIFECYCLE_NOTIFICATION_URL: `${base}/graph/lifecycle`,
  };
};

const start = async (options: WorkerOptions): Promise<WorkerAddresses> => {
  const clock = new VirtualClock(instant(options.startAt));
  const environment = environmentOf(options);
  const userState = readUserStateConfig(environment);
  const { baseUrl, clientId, thumbprintSha256, privateKeyPem } = options.graph;
  const system = await startSystem({
    services: serviceNames,
    compose: plantedCompose(options.plantedFault),
    log: { place: options.log, partitions: options.partitions },
    scheduler: clock,
    random: seededRandom(options.seed),
    logger: pino({ level: process.env["HYBRID_LOG_LEVEL"] ?? "silent" }, pino.destination(2)),
    graph: {
      cloud: { loginUrl: baseUrl, graphUrl: baseUrl },
      clientId,
      certificate: { thumbprintSha256, privateKeyPem },
      ca: options.caPem,
    },
    webex: { ...options.webex, accessToken: async () => options.webex.accessToken, ca: options.caPem },
    ingest: {
      config: readIngestConfig(environment),
      tls: { key: options.ingest.keyPem, cert: options.ingest.certPem },
    },
    userState: { ...userState, numbers: plantedNumbers(options.plantedFault, userState.numbers) },
    decorator: readDecoratorConfig(environment),
    health: { host: "127.0.0.1", port: options.healthPort },
    // The play's day lies months away from the broker's clock, and that is no fault of this machine's clock.
    limits: { clockSkewMsMax: Number.MAX_SAFE_INTEGER },
    // Virtual time has deadlines of its own; this one only ends what hangs in earnest on a busy machine.
    deadlineTimer: (ms, run) => systemDeadlineTimer(10 * ms, run),
  });
  await system.ready();
  stand = { clock, system };
  return { notificationUrl: system.ingest?.url ?? "", healthUrl: system.healthUrl };
};

const standing = (): Stand => {
  if (!stand) throw new Error("the services have not been started");
  return stand;
};

const earliest = (times: readonly (number | null)[]): number | null => {
  const due = times.filter((time) => time !== null);
  return due.length === 0 ? null : Math.min(...due);
};

const activity = async (): Promise<WorkerActivity> => {
  const { clock, system } = standing();
  const seen = system.services.map((service) => service.activity());
  let computing =
    (system.ingest?.inFlight() ?? 0) > 0 || seen.some((each) => each.busy && !each.waitingForCalls);
  const steps = seen.reduce((sum, each) => sum + each.steps, 0);
  // The log is asked only when nothing else gives an answer and nothing moved since the last look: what it
  // says is exact, and not for nothing.
  if (!computing && steps !== stepsSeen) computing = true;
  else if (!computing)
    computing = (await Promise.all(system.services.map((service) => service.lag()))).some((lag) => lag > 0);
  stepsSeen = steps;
  return {
    steps,
    callsInFlight: seen.reduce((sum, each) => sum + each.callsInFlight, 0),
    httpInFlight: requestsUnderWay(),
    busy: computing || seen.some((each) => each.busy),
    busyBesidesCalls: computing,
    nextDueAt: earliest([clock.nextDueAt(), ...seen.map((each) => each.nextTimerAt)]),
  };
};

const carryOut = async (request: WorkerRequest): Promise<WorkerAnswers[WorkerRequest["kind"]]> => {
  switch (request.kind) {
    case "start":
      return start(request.options);
    case "activity":
      return activity();
    case "advanceTo":
      standing().clock.advanceTo(instant(request.at));
      return null;
    default:
      throw new Error(`unknown request ${JSON.stringify(request satisfies never)}`);
  }
};

const answer = (message: NumberedAnswer): void => void process.send?.(message);

process.on("message", ({ id, request }: NumberedRequest) => {
  carryOut(request).then(
    (done) => answer({ id, answer: done }),
    (error: unknown) =>
      answer({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

// The parent speaks for the person; a Ctrl-C on the terminal reaches both, and the parent ends this process.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));
process.on("SIGTERM", () => {
  const stopped = stand?.system.stop() ?? Promise.resolve();
  stopped.then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
