import { type Faults, readSettings, url, type Variables, whole } from "@hybrid/settings";
import { createWebexClient, openWebexDispatcher, type WebexClient, type WebexMetrics } from "@hybrid/webex";
import type { Registry } from "prom-client";
import type { Opening } from "../opened.ts";
import type { ClientKind, ClientPorts } from "./client-kind.ts";
import { requestsTo } from "./request-metrics.ts";
import { openWebexTokens, readWebexTokens, type WebexTokens, webexTokenSettings } from "./webex-tokens.ts";

/** The way to Webex. */
export interface WebexConfig {
  readonly baseUrl: string;
  readonly tokens: WebexTokens;
  readonly requestsPerMinuteMax?: number;
  readonly ca?: string;
}

const webexSettings = {
  WEBEX_URL: url({ meaning: "The Webex API.", protocols: ["https"] }).orElse("https://webexapis.com"),
  ...webexTokenSettings,
  WEBEX_REQUESTS_PER_MINUTE: whole({
    min: 2,
    max: 100_000,
    unit: "per minute",
    meaning:
      "Requests to Webex that leave this process in a minute. Webex grants the owner of a token about 300 " +
      "for most of its API; where several processes share a token, give each its part.",
  }).orElse(300),
};

const read = (variables: Variables, faults: Faults): WebexConfig | undefined => {
  const given = readSettings(webexSettings, variables, faults);
  const tokens = given && readWebexTokens(given, faults);
  return (
    tokens && {
      baseUrl: given.WEBEX_URL,
      tokens,
      requestsPerMinuteMax: given.WEBEX_REQUESTS_PER_MINUTE,
    }
  );
};

const metricsOf = (registry: Registry): WebexMetrics => {
  const onRequest = requestsTo(registry, "webex", "Webex");
  return {
    onRequest: ({ method, route, code, ms }) =>
      // What only reads is named by its path alone, as it always was.
      onRequest({ operation: method === "GET" ? route : `${method} ${route}`, code, ms }),
  };
};

const open = async (
  { baseUrl, tokens, ca, requestsPerMinuteMax }: WebexConfig,
  { scheduler, random, logger, proxy }: ClientPorts,
  { opened, registry }: Opening,
): Promise<WebexClient> => {
  const dispatcher = opened.add(
    openWebexDispatcher({ ...(ca !== undefined && { ca }), ...(proxy && { proxy }) }),
    async (way) => await way.destroy(),
  );
  const accessToken = await openWebexTokens(tokens, { baseUrl, dispatcher, scheduler, logger }, opened);
  const metrics = metricsOf(registry);
  const client = createWebexClient({
    baseUrl,
    accessToken,
    scheduler,
    random,
    logger,
    metrics,
    dispatcher,
    ...(requestsPerMinuteMax !== undefined && { limits: { requestsPerMinuteMax } }),
  });
  return opened.add(client, (part) => part.close());
};

/** Webex. */
export const webexClient: ClientKind<WebexConfig, WebexClient> = {
  title: "Webex",
  settings: webexSettings,
  read,
  open,
};
