import type { Random, Scheduler } from "@hybrid/kernel";
import {
  createMicrosoftGraph,
  createRedisLimiter,
  type GraphMetrics,
  type HttpsProxy,
  type MicrosoftGraph,
  type MicrosoftGraphOptions,
  type RateLimiter,
} from "@hybrid/microsoft-graph";
import type { Logger } from "@hybrid/runtime";
import { createWebexClient, type WebexClient, type WebexMetrics } from "@hybrid/webex";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { type Clients, graphUsers, webexUsers } from "./compose.ts";
import type { SharedLimitsConfig } from "./config.ts";
import type { Opening } from "./opened.ts";
import type { ServiceName } from "./service-names.ts";

/** What the ways out of one process are made of. */
export interface ClientOptions {
  readonly services: readonly ServiceName[];
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: Logger;
  readonly graph?: Pick<MicrosoftGraphOptions, "cloud" | "clientId" | "certificate" | "ca">;
  /** Where several workers share Graph's limits; in this process alone when left out. */
  readonly sharedLimits?: SharedLimitsConfig;
  readonly webex?: {
    readonly baseUrl: string;
    readonly accessToken: () => Promise<string>;
    readonly ca?: string;
  };
  /** The way to Graph, Entra and Webex; straight when left out. */
  readonly proxy?: HttpsProxy;
}

/** An answer of a cloud usually takes 0.05 to 1 s; a call may take 30 s. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Counter and histogram of the requests to one cloud. */
const requestsTo = (registry: Registry, cloud: "graph" | "webex", who: string) => {
  const registers = [registry];
  const count = new Counter({
    name: `hybrid_${cloud}_requests_total`,
    help: `Requests to ${who}, by operation and code.`,
    labelNames: ["operation", "code"] as const,
    registers,
  });
  const seconds = new Histogram({
    name: `hybrid_${cloud}_request_seconds`,
    help: `How long requests to ${who} took, in seconds, by operation; without waits before they left.`,
    labelNames: ["operation"] as const,
    buckets,
    registers,
  });
  return ({ operation, code, ms }: { operation: string; code: string; ms: number }): void => {
    count.inc({ operation, code });
    seconds.observe({ operation }, ms / 1_000);
  };
};

const graphMetrics = (registry: Registry): GraphMetrics => ({
  onRequest: requestsTo(registry, "graph", "Microsoft Graph and Entra"),
});

const webexMetrics = (registry: Registry): WebexMetrics => {
  const onRequest = requestsTo(registry, "webex", "Webex");
  return {
    onRequest: ({ method, route, code, ms }) =>
      // What only reads is named by its path alone, as it always was.
      onRequest({ operation: method === "GET" ? route : `${method} ${route}`, code, ms }),
  };
};

/** Graph's limits in Redis, when there is a fleet to share them. */
const openSharedLimits = async (
  { sharedLimits, scheduler, logger }: ClientOptions,
  { opened, registry, owner }: Opening & { readonly owner: string },
): Promise<{ readonly rateLimiter?: RateLimiter }> => {
  if (sharedLimits === undefined) return {};
  const shared = new Gauge({
    name: "hybrid_graph_limits_shared",
    help: "1 while Redis keeps Graph's limits for all workers, 0 while this one keeps to its part alone.",
    registers: [registry],
  });
  const rateLimiter = createRedisLimiter({
    url: sharedLimits.redisUrl,
    owner,
    clock: scheduler,
    workersMax: sharedLimits.workersMax,
    logger,
    onState: (state) => shared.set(state === "shared" ? 1 : 0),
  });
  await rateLimiter.connect();
  shared.set(rateLimiter.state() === "shared" ? 1 : 0);
  return { rateLimiter: opened.add(rateLimiter, (part) => part.close()) };
};

const openGraph = async (options: ClientOptions, opening: Opening): Promise<MicrosoftGraph | undefined> => {
  const { graph, services, scheduler, random, logger, proxy } = options;
  const users = graphUsers.filter((name) => services.includes(name));
  if (users.length === 0 || graph === undefined) return undefined;
  const limiter = await openSharedLimits(options, { ...opening, owner: graph.clientId });
  const client = createMicrosoftGraph({
    ...graph,
    ...limiter,
    ...(proxy ? { proxy } : {}),
    // Services of one process share this client, each with at most one request to a mailbox at a time.
    limits: { mailboxConcurrencyMax: users.length },
    scheduler,
    random,
    logger,
    metrics: graphMetrics(opening.registry),
  });
  return opening.opened.add(client, (part) => part.close());
};

const openWebex = (options: ClientOptions, opening: Opening): WebexClient | undefined => {
  const { webex, services, scheduler, random, logger, proxy } = options;
  if (webex === undefined || !webexUsers.some((name) => services.includes(name))) return undefined;
  const metrics = webexMetrics(opening.registry);
  const client = createWebexClient({
    ...webex,
    scheduler,
    random,
    logger,
    metrics,
    ...(proxy ? { proxy } : {}),
  });
  return opening.opened.add(client, (part) => part.close());
};

/** The ways out that the services of this process need, each with its metrics. */
export const openClients = async (options: ClientOptions, opening: Opening): Promise<Clients> => {
  const graph = await openGraph(options, opening);
  const webex = openWebex(options, opening);
  return { ...(graph ? { graph } : {}), ...(webex ? { webex } : {}) };
};
