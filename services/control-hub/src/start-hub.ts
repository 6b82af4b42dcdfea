import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { builtPage } from "@hybrid/control-hub-page/built";
import { RepeatedRequests } from "@hybrid/http-api";
import { type HttpPorts, type Listening, listenError } from "@hybrid/service";
import { AddressBooks } from "./adapters/address-books.ts";
import { BulkJobs } from "./adapters/bulk-jobs.ts";
import { memorySessions } from "./adapters/memory-sessions.ts";
import { keepModes } from "./adapters/modes.ts";
import { OpenId } from "./adapters/open-id.ts";
import { Orders } from "./adapters/orders.ts";
import type { SessionStore } from "./adapters/session-store.ts";
import { Sessions } from "./adapters/sessions.ts";
import { SignInLinks, signInToken } from "./adapters/sign-in-links.ts";
import { Visits } from "./adapters/visits.ts";
import { addressSettings, type HubConfig } from "./config.ts";
import type { HubDesk } from "./desk.ts";
import { EventStreams } from "./http/event-streams.ts";
import { hubFaultOf } from "./http/hub-faults.ts";
import { hubServer } from "./http/hub-server.ts";
import type { ProviderPorts } from "./http/sign-in-routes.ts";
import { signInLink } from "./sign-in-link.ts";
import { histories, organisations } from "./views.ts";

const listen = async (
  app: Awaited<ReturnType<typeof hubServer>>,
  { host, port }: HubConfig,
): Promise<string> => {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const address = { host, port, settings: addressSettings };
    throw listenError(error, "control-hub cannot start with this configuration", address);
  }
  const { port: taken } = app.server.address() as AddressInfo;
  return `http://${host === "127.0.0.1" ? "localhost" : host}:${taken}`;
};

/** Sessions of all processes in Redis, else in this one's memory. */
const openSessions = async ({ config, scheduler }: HttpPorts<HubConfig>): Promise<SessionStore> => {
  if (config.redisUrl === null) return memorySessions(scheduler);
  const { openRedisSessions } = await import("./adapters/redis-sessions.ts");
  return openRedisSessions({ url: config.redisUrl });
};

const providerOf = (
  { config: { provider }, scheduler }: HttpPorts<HubConfig>,
  key: Uint8Array,
): ProviderPorts | null =>
  provider && {
    openId: new OpenId({ ...provider, clock: scheduler }),
    visits: new Visits(key, scheduler),
    rules: provider.rules,
  };

/** Requests under way, but for pages that listen to what changes. */
const countRequests = (app: Awaited<ReturnType<typeof hubServer>>): (() => number) => {
  let inFlight = 0;
  app.addHook("onRequest", async ({ url }, reply) => {
    if (url.split("?", 1)[0]?.endsWith("/events")) return;
    inFlight++;
    reply.raw.once("close", () => inFlight--);
  });
  return () => inFlight;
};

/** Starts the page's server. Rejects with ConfigError when its address cannot be listened on. */
export const startHub = async (ports: HttpPorts<HubConfig>, desk: HubDesk): Promise<Listening> => {
  const { config, scheduler, logger, log, seal, partitions } = ports;
  const views = { organisations: ports.view(organisations), histories: ports.view(histories) };
  const key = config.signInKey ?? new Uint8Array(randomBytes(32));
  const store = await openSessions(ports);
  const sessions = new Sessions(store, config.sessionMs);
  const events = new EventStreams([views.organisations, views.histories], scheduler);
  const books = new AddressBooks({ view: views.organisations, scheduler, logger });
  const orders = new Orders({ log, seal, clock: scheduler, partitions });
  void keepModes(views, orders, logger);
  const view = views.organisations;
  const bulk = new BulkJobs({ view, books, store, orders, now: () => scheduler.now() });
  const app = await hubServer({
    views,
    books,
    clock: scheduler,
    scheduler,
    logger,
    events,
    desk,
    orders,
    bulk,
    repeated: new RepeatedRequests(await ports.requests(), {
      faultOf: hubFaultOf,
      onTrouble: (error) => logger.error({ err: error }, "it could not be kept that an order was given"),
    }),
    links: new SignInLinks(key, (name, lifeMs) => sessions.once(name, lifeMs)),
    sessions,
    meetingsUrl: config.meetingsUrl,
    provider: providerOf(ports, key),
    sessionMs: config.sessionMs,
    origin: config.origin,
    pageFolder: builtPage,
  });
  const inFlight = countRequests(app);
  const url = await listen(app, config);
  const guest = { org: null, role: "full", name: "administrator", user: null } as const;
  const link = signInLink(config.origin ?? url, signInToken(key, guest, scheduler.now()));
  logger.info({ link }, "Control Hub is served; this link signs in once, within 15 minutes");
  return {
    url,
    inFlight,
    notReady: async () => null,
    close: async () => {
      events.close();
      books.close();
      await app.close();
      store.close();
    },
  };
};
