import { type Faults, readSettings, renewedSecret, url, type Variables } from "@hybrid/settings";
import { createWebexClient, type WebexClient, type WebexMetrics } from "@hybrid/webex";
import type { Registry } from "prom-client";
import type { Opening } from "../opened.ts";
import type { ClientKind, ClientPorts } from "./client-kind.ts";
import { requestsTo } from "./request-metrics.ts";

/** The way to Webex. */
export interface WebexConfig {
  readonly baseUrl: string;
  readonly accessToken: () => Promise<string>;
  readonly ca?: string;
}

const webexSettings = {
  WEBEX_URL: url({ meaning: "The Webex API.", protocols: ["https"] }).orElse("https://webexapis.com"),
  WEBEX_ACCESS_TOKEN: renewedSecret({
    meaning:
      "A valid access token of Webex; its file is read before every request, so that it can be renewed.",
  }),
};

const read = (variables: Variables, faults: Faults): WebexConfig | undefined => {
  const given = readSettings(webexSettings, variables, faults);
  return given && { baseUrl: given.WEBEX_URL, accessToken: given.WEBEX_ACCESS_TOKEN };
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
  config: WebexConfig,
  { scheduler, random, logger, proxy }: ClientPorts,
  { opened, registry }: Opening,
): Promise<WebexClient> => {
  const metrics = metricsOf(registry);
  const ports = { scheduler, random, logger, metrics };
  const client = createWebexClient({ ...config, ...ports, ...(proxy ? { proxy } : {}) });
  return opened.add(client, (part) => part.close());
};

/** Webex. */
export const webexClient: ClientKind<WebexConfig, WebexClient> = {
  title: "Webex",
  settings: webexSettings,
  read,
  open,
};
