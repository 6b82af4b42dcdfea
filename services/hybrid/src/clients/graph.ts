import {
  createMicrosoftGraph,
  createRedisLimiter,
  type MicrosoftGraph,
  type MicrosoftGraphOptions,
  mailboxConcurrencyLimit,
  type RateLimiter,
} from "@hybrid/microsoft-graph";
import {
  choice,
  type Faults,
  readSettings,
  text,
  url,
  type ValuesOf,
  type Variables,
  whole,
} from "@hybrid/settings";
import { Gauge } from "prom-client";
import { keySettings, readKeyPlace } from "../keys/key-settings.ts";
import type { Opening } from "../opened.ts";
import type { ClientKind, ClientPorts } from "./client-kind.ts";
import { watchExpiry } from "./credential-expiry.ts";
import { credentialSettings, type ReplacedCredential, readCredential } from "./graph-credential.ts";
import { redisSettings } from "./redis-url.ts";
import { requestsTo } from "./request-metrics.ts";
import { openSharedTokens, type SharedTokensConfig } from "./shared-tokens.ts";

/** Where a fleet keeps Graph's limits. */
interface SharedLimitsConfig {
  /** May hold a password: never logged. */
  readonly redisUrl: string;
  readonly workersMax: number;
}

/** The way to Microsoft Graph. */
export interface GraphConfig extends Pick<MicrosoftGraphOptions, "cloud" | "clientId" | "ca"> {
  /** What the application proves itself with, as it is whenever a token is asked for. */
  readonly credential: ReplacedCredential;
  /** Where several workers share Graph's limits; in this process alone when left out. */
  readonly sharedLimits?: SharedLimitsConfig;
  /** Where they share its tokens; in this process alone when left out. */
  readonly sharedTokens?: SharedTokensConfig;
}

const graphSettings = {
  GRAPH_CLOUD: choice(["worldwide", "gccHigh", "dod", "china"], { meaning: "National cloud." }).orElse(
    "worldwide",
  ),
  GRAPH_URL: url({
    meaning: "Another Graph, for example the simulator; goes with GRAPH_LOGIN_URL.",
    protocols: ["https"],
  }).optional(),
  GRAPH_LOGIN_URL: url({
    meaning: "Another Microsoft Entra; goes with GRAPH_URL.",
    protocols: ["https"],
  }).optional(),
  GRAPH_CLIENT_ID: text({
    meaning: "The application's client id in Microsoft Entra.",
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    must: "a GUID such as 5d1a0b2c-1111-4222-a333-000000000000",
  }),
  ...credentialSettings,
  ...redisSettings,
  ...keySettings,
  WORKERS_MAX: whole({
    min: 1,
    max: 1_024,
    meaning:
      "Most workers on one Redis; while it is away each keeps to its part of the limits, 1 / WORKERS_MAX.",
  }).orElse(8),
};

const cloudOf = (
  { GRAPH_URL: graphUrl, GRAPH_LOGIN_URL: loginUrl, GRAPH_CLOUD: cloud }: ValuesOf<typeof graphSettings>,
  faults: Faults,
): GraphConfig["cloud"] => {
  if (graphUrl !== undefined && loginUrl !== undefined)
    return { graphUrl: new URL(graphUrl).origin, loginUrl: new URL(loginUrl).origin };
  if (graphUrl !== undefined || loginUrl !== undefined)
    faults.add("GRAPH_URL and GRAPH_LOGIN_URL", "give both or neither");
  return cloud;
};

const read = (variables: Variables, faults: Faults): GraphConfig | undefined => {
  const given = readSettings(graphSettings, variables, faults);
  if (!given) return undefined;
  const credential = readCredential(given, variables, faults);
  if (!credential) return undefined;
  const keys = readKeyPlace(variables, faults);
  const { REDIS_URL: redisUrl } = given;
  return {
    cloud: cloudOf(given, faults),
    clientId: given.GRAPH_CLIENT_ID,
    credential,
    ...(redisUrl === undefined ? {} : { sharedLimits: { redisUrl, workersMax: given.WORKERS_MAX } }),
    // Without keys that all workers have, nothing could be sealed for the others.
    ...(redisUrl === undefined || keys === undefined ? {} : { sharedTokens: { redisUrl, keys } }),
  };
};

/** Graph's limits in Redis, when there is a fleet to share them. */
const openSharedLimits = async (
  { sharedLimits, clientId }: Pick<GraphConfig, "sharedLimits" | "clientId">,
  { scheduler, logger }: ClientPorts,
  { opened, registry }: Opening,
): Promise<{ readonly rateLimiter?: RateLimiter }> => {
  if (sharedLimits === undefined) return {};
  const shared = new Gauge({
    name: "hybrid_graph_limits_shared",
    help: "1 while Redis keeps Graph's limits for all workers, 0 while this one keeps to its part alone.",
    registers: [registry],
  });
  const rateLimiter = createRedisLimiter({
    url: sharedLimits.redisUrl,
    owner: clientId,
    clock: scheduler,
    workersMax: sharedLimits.workersMax,
    logger,
    onState: (state) => shared.set(state === "shared" ? 1 : 0),
  });
  await rateLimiter.connect();
  shared.set(rateLimiter.state() === "shared" ? 1 : 0);
  return { rateLimiter: opened.add(rateLimiter, (part) => part.close()) };
};

const open = async (
  { sharedLimits, sharedTokens, credential, ...config }: GraphConfig,
  { scheduler, random, logger, proxy, delegations }: ClientPorts,
  opening: Opening & { readonly users: number },
): Promise<MicrosoftGraph> => {
  const ports = { scheduler, random, logger };
  // What does not fit together is refused at the start; later on the tokens that are there serve meanwhile.
  await credential.now();
  const { opened, registry } = opening;
  opened.add(watchExpiry(credential, { scheduler, logger, registry }), async (end) => end());
  const limiter = await openSharedLimits(
    { ...config, ...(sharedLimits ? { sharedLimits } : {}) },
    ports,
    opening,
  );
  const client = createMicrosoftGraph({
    ...config,
    credential: credential.now,
    ...limiter,
    ...(sharedTokens ? { sharedTokens: await openSharedTokens(sharedTokens, ports, opening) } : {}),
    ...(proxy ? { proxy } : {}),
    ...(delegations ? { delegations } : {}),
    // Parts of one process share this client, each with at most one request to a mailbox at a time.
    limits: { mailboxConcurrencyMax: Math.min(opening.users, mailboxConcurrencyLimit) },
    ...ports,
    metrics: { onRequest: requestsTo(opening.registry, "graph", "Microsoft Graph and Entra") },
  });
  return opening.opened.add(client, (part) => part.close());
};

/** Microsoft Graph. */
export const graphClient: ClientKind<GraphConfig, MicrosoftGraph> = {
  title: "Microsoft Graph",
  settings: graphSettings,
  read,
  open,
};
