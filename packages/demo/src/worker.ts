import { readUpConfig, type System, startSystem, type UpConfig } from "@hybrid/hybrid";
import { instant } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { seededRandom, systemDeadlineTimer } from "@hybrid/runtime";
import pino from "pino";
import { filesInFlight } from "./files-in-flight.ts";
import { httpInFlight } from "./http-in-flight.ts";
import { plantedServices } from "./planted-faults.ts";
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

const environmentOf = (options: WorkerOptions): Record<string, string> => ({
  INGEST_PORT: String(options.ingest.port),
  INGEST_TLS_KEY: options.ingest.keyPem,
  INGEST_TLS_CERT: options.ingest.certPem,
  LOG_PARTITIONS: String(options.partitions),
  // A day instead of a week, so that the day of the play sees everybody's renewal.
  USER_STATE_SUBSCRIPTION_LIFETIME_MS: String(subscriptionLifetimeMs),
  CLIENT_STATE_KEYS: options.clientStateKey,
  PUBLIC_URL: `https://localhost:${options.ingest.port}`,
  GRAPH_URL: options.graph.baseUrl,
  GRAPH_LOGIN_URL: options.graph.baseUrl,
  GRAPH_CLIENT_ID: options.graph.clientId,
  GRAPH_CERTIFICATE: options.graph.certificatePem,
  GRAPH_PRIVATE_KEY: options.graph.privateKeyPem,
  WEBEX_URL: options.webex.baseUrl,
  WEBEX_ACCESS_TOKEN: options.webex.accessToken,
  HEALTH_PORT: String(options.healthPort),
  API_PORT: "0",
  HUB_PORT: "0",
  HUB_SIGN_IN_KEY: options.hubSignInKey,
  ...options.settings,
});

/** The simulators' certificates are signed by an authority that this machine does not know. */
const trusting = (clients: UpConfig["clients"], ca: string): UpConfig["clients"] => ({
  ...clients,
  ...(clients.graph ? { graph: { ...clients.graph, ca } } : {}),
  ...(clients.webex ? { webex: { ...clients.webex, ca } } : {}),
});

const start = async (options: WorkerOptions): Promise<WorkerAddresses> => {
  const clock = new VirtualClock(instant(options.startAt));
  const config = readUpConfig(
    environmentOf(options),
    { data: options.folder },
    await plantedServices(options.plantedFault, options.besides),
  );
  const system = await startSystem({
    ...config,
    clients: trusting(config.clients, options.caPem),
    log: { place: options.log, partitions: options.partitions },
    scheduler: clock,
    random: seededRandom(options.seed),
    logger: pino({ level: process.env["HYBRID_LOG_LEVEL"] ?? "silent" }, pino.destination(2)),
    // The play's day lies months away from the broker's clock, and that is no fault of this machine's clock.
    limits: { clockSkewMsMax: Number.MAX_SAFE_INTEGER },
    // Virtual time has deadlines of its own; this one only ends what hangs in earnest on a busy machine.
    deadlineTimer: (ms, run) => systemDeadlineTimer(10 * ms, run),
  });
  await system.ready();
  stand = { clock, system };
  const notificationUrl = system.listeners.get("notification-ingest")?.url ?? "";
  const hubUrl = system.listeners.get("control-hub")?.url ?? "";
  return { notificationUrl, healthUrl: system.healthUrl, hubUrl };
};

const standing = (): Stand => {
  if (!stand) throw new Error("the services have not been started");
  return stand;
};

const earliest = (times: readonly (number | null)[]): number | null => {
  const due = times.filter((time) => time !== null);
  return due.length === 0 ? null : Math.min(...due);
};

const lagsBehind = async (services: System["services"]): Promise<boolean> => {
  for (const service of services) if ((await service.lag()) > 0) return true;
  return false;
};

const activity = async (): Promise<WorkerActivity> => {
  const { clock, system } = standing();
  const seen = system.services.map((service) => service.activity());
  let computing =
    [...system.listeners.values()].some((each) => each.inFlight() > 0) ||
    seen.some((each) => each.busy && !each.waitingForCalls);
  const steps = seen.reduce((sum, each) => sum + each.steps, 0);
  // The log is asked only when nothing else gives an answer and nothing moved since the last look: what it
  // says is exact, and not for nothing.
  if (!computing && steps !== stepsSeen) computing = true;
  else if (!computing) computing = await lagsBehind(system.services);
  stepsSeen = steps;
  return {
    steps,
    callsInFlight: seen.reduce((sum, each) => sum + each.callsInFlight, 0),
    // A call that writes what it fetched waits for no time either.
    httpInFlight: requestsUnderWay() + filesInFlight(),
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
