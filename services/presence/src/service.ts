import {
  actors,
  defineService,
  delegationView,
  type HttpPorts,
  type Ports,
  sharedHttp,
  view,
} from "@hybrid/service";
import { Counter } from "prom-client";
import { designNumbers } from "#domain/numbers";
import { numbersOf, type PresenceConfig, presenceSettings } from "./config.ts";
import { presences } from "./presences.ts";
import { presenceTopology } from "./topology.ts";

const handlers = async ({
  config,
  scheduler: clock,
  registry,
  clients: { graph, webex },
}: Ports<PresenceConfig, "graph" | "webex">) => {
  const { mailboxHandlers } = await import("./adapters/mailbox-handlers.ts");
  const { webexHandlers } = await import("./adapters/webex-handlers.ts");
  const { noTokens, tokensIn } = await import("./adapters/person-tokens.ts");
  const { presenceMetrics } = await import("./adapters/metrics.ts");
  const metrics = presenceMetrics(registry);
  const path = config.PRESENCE_PERSON_TOKENS_FILE;
  const tokenOf = path === undefined ? noTokens : tokensIn(path);
  const baseUrl = config.PRESENCE_WEBEX_URL.replace(/\/$/, "");
  return {
    ...mailboxHandlers({ graph, clock, metrics }),
    ...webexHandlers({ webex, baseUrl, tokenOf, clock, metrics }),
  };
};

const routes = async ({
  config,
  log,
  partitions,
  registry,
  scheduler,
  view: viewOf,
}: HttpPorts<PresenceConfig>) => {
  const { presenceRoutes } = await import("./adapters/routes.ts");
  const looks = new Counter({
    name: "hybrid_presence_looks_total",
    help: "Looks at users that had their mailboxes read at once.",
    registers: [registry],
  });
  const tokens = config.PRESENCE_API_TOKENS ?? new Map();
  const onLook = (): void => looks.inc();
  const table = viewOf(presences);
  return { plugin: presenceRoutes({ table, log, clock: scheduler, partitions, tokens, onLook }) };
};

/** The service as one value. */
export const service = defineService({
  name: "presence",
  purpose: "Shows who is out of the office, as mailboxes and calendars say.",
  settings: presenceSettings,
  parts: [
    view(delegationView),
    actors({
      topology: presenceTopology(designNumbers),
      configured: (config: PresenceConfig) =>
        presenceTopology(numbersOf(config), { eventsCountFor: new Set(config.PRESENCE_EVENTS_FOR) }),
      clients: ["graph", "webex"],
      handlers,
    }),
    view(presences),
    sharedHttp({ prefix: "/presence", open: routes }),
  ],
});
