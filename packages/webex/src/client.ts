import { ProviderError, type Random, type Scheduler } from "@hybrid/kernel";
import { type BreakerLogger, createBreakers, createClosures, saysServiceFails } from "@hybrid/provider-http";
import { Agent, type Dispatcher, EnvHttpProxyAgent } from "undici";
import { bindCalls, type WebexCalls } from "./calls.ts";
import type { Exchange, WebexMetrics } from "./http/exchange.ts";
import { createPace } from "./http/pace.ts";
import { defaultWebexLimits, type WebexLimits } from "./http/webex-limits.ts";

/** How to reach Webex. */
export interface WebexClientOptions {
  /** `https://webexapis.com` in real life: without `/v1`. */
  readonly baseUrl: string;
  /**
   * A valid access token; asked before every attempt, so it caches and renews by itself. `rejected` is the
   * token that Webex has just refused (401); when another one comes back, the request is sent once more.
   * A bot's token never changes: `async () => token`.
   */
  readonly accessToken: (rejected?: string) => Promise<string>;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Used instead of an agent of the client's own; the caller closes it. */
  readonly dispatcher?: Dispatcher;
  /** PEM of the one authority to trust instead of the usual ones, for the client's own agent. */
  readonly ca?: string;
  /** A proxy for the client's own agent, and hosts that are reached without it, as in NO_PROXY. */
  readonly proxy?: { readonly url: string; readonly except?: string };
  /** Replaces single numbers of `defaultWebexLimits`. */
  readonly limits?: Partial<WebexLimits>;
  readonly metrics?: WebexMetrics;
  readonly logger?: BreakerLogger;
}

/** The calls to Webex; all reject with ProviderError. */
export interface WebexClient extends WebexCalls {
  /** Closes the client's own connections. */
  close(): Promise<void>;
}

/** 423 is about one thing that is not ready yet, and says nothing about the service. */
const counts = (error: unknown): boolean =>
  saysServiceFails(error) && !(error instanceof ProviderError && error.status === 423);

const connectTimeoutMs = 5_000;

/** The way to Webex, for a client and for the token endpoint; the caller destroys it. */
export const openWebexDispatcher = ({ ca, proxy }: Pick<WebexClientOptions, "ca" | "proxy">): Dispatcher => {
  const tls = { timeout: connectTimeoutMs, ...(ca !== undefined && { ca }) };
  if (proxy === undefined) return new Agent({ connect: tls });
  // Everything is given: nothing is taken from the environment behind the back of the settings.
  const way = { httpProxy: "", httpsProxy: proxy.url, noProxy: proxy.except ?? "" };
  return new EnvHttpProxyAgent({ connect: tls, ...way, requestTls: tls, proxyTls: tls });
};

/** A client for one organisation's access token. Throws TypeError when `baseUrl` is not an https address. */
export const createWebexClient = (options: WebexClientOptions): WebexClient => {
  const base = new URL(options.baseUrl);
  if (base.protocol !== "https:")
    throw new TypeError(`the Webex address must start with https: ${base.origin}`);
  const { scheduler, logger } = options;
  const dispatcher = options.dispatcher ?? openWebexDispatcher(options);
  const limits = { ...defaultWebexLimits, ...options.limits };
  const breakers = createBreakers({ clock: scheduler, limits, counts, logger });
  const exchange: Exchange = {
    origin: base.origin,
    accessToken: options.accessToken,
    scheduler,
    random: options.random,
    dispatcher,
    limits,
    breakers,
    closures: createClosures(scheduler),
    pace: createPace(scheduler, limits.requestsPerMinuteMax),
    metrics: options.metrics,
  };
  return {
    ...bindCalls(exchange),
    close: async () => {
      breakers.close();
      if (!options.dispatcher) await dispatcher.destroy();
    },
  };
};
