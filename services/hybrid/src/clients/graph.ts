import type { AppName } from "@hybrid/consent";
import {
  createMicrosoftGraph,
  createRedisLimiter,
  type MicrosoftGraph,
  type MicrosoftGraphOptions,
  mailboxConcurrencyLimit,
  type RateLimiter,
} from "@hybrid/microsoft-graph";
import { type Faults, readSettings, url, type ValuesOf, type Variables, whole } from "@hybrid/settings";
import { keySettings, readKeyPlace } from "../keys/key-settings.ts";
import type { Opening } from "../opened.ts";
import type { ClientKind, ClientPorts } from "./client-kind.ts";
import { watchExpiry } from "./credential-expiry.ts";
import { gaugeIn } from "./gauge-in.ts";
import { graphCloud } from "./graph-cloud.ts";
import type { ReplacedCredential } from "./graph-credential.ts";
import { redisSettings } from "./redis-url.ts";
import { readRegistration, registrationSettings } from "./registrations.ts";
import { requestsTo } from "./request-metrics.ts";
import { openSharedTokens, type SharedTokensConfig } from "./shared-tokens.ts";

/** Where a fleet keeps Graph's limits. */
interface SharedLimitsConfig {
  /** May hold a password: never logged. */
  readonly redisUrl: string;
  readonly workersMax: number;
}

/** The way to Microsoft Graph as one registration. */
export interface GraphConfig extends Pick<MicrosoftGraphOptions, "cloud" | "clientId" | "ca"> {
  readonly registration: AppName;
  /** What the application proves itself with, as it is whenever a token is asked for. */
  readonly credential: ReplacedCredential;
  /** Where several workers share Graph's limits; in this process alone when left out. */
  readonly sharedLimits?: SharedLimitsConfig;
  /** Where they share its tokens; in this process alone when left out. */
  readonly sharedTokens?: SharedTokensConfig;
}

const graphSettings = {
  ...graphCloud,
  GRAPH_URL: url({
    meaning: "Another Graph, for example the simulator; goes with GRAPH_LOGIN_URL.",
    protocols: ["https"],
  }).optional(),
  GRAPH_LOGIN_URL: url({
    meaning: "Another Microsoft Entra; goes with GRAPH_URL.",
    protocols: ["https"],
  }).optional(),
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

const readAs =
  (registration: AppName) =>
  (variables: Variables, faults: Faults): GraphConfig | undefined => {
    const place = readSettings(graphSettings, variables, faults);
    const known = readRegistration(registration, variables, faults);
    if (!place || !known) return undefined;
    const keys = readKeyPlace(variables, faults);
    const { REDIS_URL: redisUrl } = place;
    return {
      registration,
      cloud: cloudOf(place, faults),
      ...known,
      ...(redisUrl === undefined ? {} : { sharedLimits: { redisUrl, workersMax: place.WORKERS_MAX } }),
      // Without keys that all workers have, nothing could be sealed for the others.
      ...(redisUrl === undefined || keys === undefined ? {} : { sharedTokens: { redisUrl, keys } }),
    };
  };

/** Graph's limits in Redis, when there is a fleet to share them. */
const openSharedLimits = async (
  { sharedLimits, clientId, registration }: Pick<GraphConfig, "sharedLimits" | "clientId" | "registration">,
  { scheduler, logger }: ClientPorts,
  { opened, registry }: Opening,
): Promise<{ readonly rateLimiter?: RateLimiter }> => {
  if (sharedLimits === undefined) return {};
  const shared = gaugeIn(registry, {
    name: "hybrid_graph_limits_shared",
    help: "1 while Redis keeps Graph's limits for all workers, 0 while this one keeps to its part alone.",
    labelNames: ["registration"],
  });
  const tell = (isShared: boolean): void => shared.set({ registration }, isShared ? 1 : 0);
  const rateLimiter = createRedisLimiter({
    url: sharedLimits.redisUrl,
    owner: clientId,
    clock: scheduler,
    workersMax: sharedLimits.workersMax,
    logger,
    onState: (state) => tell(state === "shared"),
  });
  await rateLimiter.connect();
  tell(rateLimiter.state() === "shared");
  return { rateLimiter: opened.add(rateLimiter, (part) => part.close()) };
};

const open = async (
  { sharedLimits, sharedTokens, credential, registration, ...config }: GraphConfig,
  { scheduler, random, logger, proxy, delegations }: ClientPorts,
  opening: Opening & { readonly users: number },
): Promise<MicrosoftGraph> => {
  const ports = { scheduler, random, logger };
  // What does not fit together is refused at the start; later on the tokens that are there serve meanwhile.
  await credential.now();
  const { opened, registry } = opening;
  opened.add(watchExpiry(credential, { registration, scheduler, logger, registry }), async (end) => end());
  const limiter = await openSharedLimits(
    { ...config, registration, ...(sharedLimits ? { sharedLimits } : {}) },
    ports,
    opening,
  );
  const client = createMicrosoftGraph({
    ...config,
    credential: credential.now,
    ...limiter,
    ...(sharedTokens
      ? { sharedTokens: await openSharedTokens({ ...sharedTokens, registration }, ports, opening) }
      : {}),
    ...(proxy ? { proxy } : {}),
    // What users have consented to is for the registration of the calendars.
    ...(delegations && registration === "calendar" ? { delegations } : {}),
    // Parts of one process share this client, each with at most one request to a mailbox at a time.
    limits: { mailboxConcurrencyMax: Math.min(opening.users, mailboxConcurrencyLimit) },
    ...ports,
    metrics: { onRequest: requestsTo(opening.registry, "graph", "Microsoft Graph and Entra") },
  });
  return opening.opened.add(client, (part) => part.close());
};

/** Microsoft Graph as the registration of the calendars. */
export const graphClient: ClientKind<GraphConfig, MicrosoftGraph> = {
  title: "Microsoft Graph",
  settings: { ...graphSettings, ...registrationSettings("calendar") },
  read: readAs("calendar"),
  open,
};

/** Microsoft Graph as the registration of groups or of the archive, where it has one of its own. */
const graphClientOf = (registration: "groups" | "archive"): ClientKind<GraphConfig, MicrosoftGraph> => ({
  title: `registration of ${registration === "groups" ? "groups" : "the archive"} in Microsoft Entra`,
  settings: { ...graphSettings, ...registrationSettings(registration) },
  read: readAs(registration),
  open,
});

/** Microsoft Graph as groups need it. */
export const groupsGraphClient = graphClientOf("groups");

/** Microsoft Graph as the archive needs it. */
export const archiveGraphClient = graphClientOf("archive");
