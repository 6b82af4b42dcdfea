import { setTimeout as pauseFor } from "node:timers/promises";
import type { Clock, Random } from "@hybrid/kernel";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import type { Exchange, WebexMetrics } from "./exchange.ts";
import { findPerson, type WebexPerson } from "./find-person.ts";
import { listSites, type WebexSite } from "./list-sites.ts";
import { getPersonalRoom, type PersonalRoom, type PersonalRoomRequest } from "./personal-room.ts";

/** How to reach Webex. */
export interface WebexClientOptions {
  /** `https://webexapis.com` in real life: without `/v1`. */
  readonly baseUrl: string;
  /**
   * A valid access token; asked before every attempt, so it caches and renews by itself. `rejected` is the
   * token that Webex has just refused (401); when another one comes back, the request is sent once more.
   */
  readonly accessToken: (rejected?: string) => Promise<string>;
  readonly clock: Clock;
  readonly random: Random;
  /** Used instead of an agent of the client's own; the caller closes it. */
  readonly dispatcher?: Dispatcher;
  /** PEM of the one authority to trust instead of the usual ones, for the client's own agent. */
  readonly ca?: string;
  /** A proxy for the client's own agent, and hosts that are reached without it, as in NO_PROXY. */
  readonly proxy?: { readonly url: string; readonly except?: string };
  readonly metrics?: WebexMetrics;
  /** Waits between attempts; real time when left out. Rejects when the signal is aborted. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The calls to Webex. All only read, so repeating them is safe; all reject with ProviderError. */
export interface WebexClient {
  /** The person who has this mail address, or undefined. */
  findPerson(email: string, signal: AbortSignal): Promise<WebexPerson | undefined>;
  /** How to join the user's personal room; `personalRoomMissing` when there is none on the site. */
  getPersonalRoom(request: PersonalRoomRequest, signal: AbortSignal): Promise<PersonalRoom>;
  /** The user's sites; `notFound` when the user is not on the site that Webex searches. */
  listSites(
    request: { readonly userEmail: string; readonly siteUrl?: string | undefined },
    signal: AbortSignal,
  ): Promise<readonly WebexSite[]>;
  /** Closes the client's own connections. */
  close(): Promise<void>;
}

/** No answer of these calls comes near this size; a larger one is cut off as a failure. */
const answerBytesMax = 4 * 1024 * 1024;
const connectTimeoutMs = 5_000;

const ownAgent = ({ ca, proxy }: WebexClientOptions): Dispatcher => {
  const tls = { timeout: connectTimeoutMs, ...(ca !== undefined && { ca }) };
  const common = { connect: tls, maxResponseSize: answerBytesMax };
  if (proxy === undefined) return new Agent(common);
  // Everything is given: nothing is taken from the environment behind the back of the settings.
  const way = { httpProxy: "", httpsProxy: proxy.url, noProxy: proxy.except ?? "" };
  return new EnvHttpProxyAgent({ ...common, ...way, requestTls: tls, proxyTls: tls });
};

/** A client for one organisation's access token. Throws TypeError when `baseUrl` is not an https address. */
export const createWebexClient = (options: WebexClientOptions): WebexClient => {
  const base = new URL(options.baseUrl);
  if (base.protocol !== "https:")
    throw new TypeError(`the Webex address must start with https: ${base.origin}`);
  const dispatcher = options.dispatcher ?? ownAgent(options);
  const exchange: Exchange = {
    origin: base.origin,
    accessToken: options.accessToken,
    clock: options.clock,
    random: options.random,
    dispatcher,
    metrics: options.metrics,
    pause: options.pause ?? ((ms, signal) => pauseFor(ms, undefined, { signal })),
  };
  return {
    findPerson: (email, signal) => findPerson(exchange, email, signal),
    getPersonalRoom: (request, signal) => getPersonalRoom(exchange, request, signal),
    listSites: (request, signal) => listSites(exchange, request, signal),
    close: async () => {
      if (!options.dispatcher) await dispatcher.destroy();
    },
  };
};
