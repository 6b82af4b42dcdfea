import {
  type HttpLog,
  httpOf,
  type Listening,
  listenError,
  type Seal,
  type SharedHttpPart,
} from "@hybrid/service";
import fastify, { LogController } from "fastify";
import type { ConfiguredService } from "../config.ts";
import type { PartPorts } from "./part-ports.ts";

/** What serves HTTP in this process, by service; routes on the shared listener have its address. */
export type Listeners = ReadonlyMap<string, Listening>;

interface Routes {
  readonly configured: ConfiguredService;
  readonly part: SharedHttpPart<unknown>;
}

/** What parts that serve HTTP may write, and seal before. */
export interface HttpWay {
  readonly log: HttpLog;
  readonly seal: Seal;
}

const apiSettings = { host: "API_HOST", port: "API_PORT" };

type NotReady = () => Promise<string | null>;

/** A service may have several sets of routes; it is ready when all of them are. */
const firstReason =
  (...each: readonly (NotReady | undefined)[]): NotReady =>
  async () => {
    for (const notReady of each) {
      const reason = (await notReady?.()) ?? null;
      if (reason !== null) return reason;
    }
    return null;
  };

/** One listener for the routes of several services; each tells for itself whether it is ready. */
const startShared = async (
  { options, portsOf }: PartPorts,
  routes: readonly Routes[],
  way: HttpWay,
): Promise<Listeners> => {
  const { host, port } = options.api;
  const app = fastify({
    loggerInstance: options.logger,
    // Addresses and their queries may hold what must not be logged.
    logController: new LogController({ disableRequestLogging: true }),
  });
  let inFlight = 0;
  app.addHook("onRequest", async (_request, reply) => {
    inFlight++;
    reply.raw.once("close", () => inFlight--);
  });
  const notReadyBy = new Map<string, NotReady>();
  for (const { configured, part } of routes) {
    const opened = await part.open({ ...(await portsOf(configured, part.clients)), ...way });
    await app.register(opened.plugin, { prefix: part.prefix });
    const { name } = configured.service;
    notReadyBy.set(name, firstReason(notReadyBy.get(name), opened.notReady?.bind(opened)));
  }
  let url: string;
  try {
    url = await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenError(error, "services cannot serve HTTP", { host, port, settings: apiSettings });
  }
  const common = { url, inFlight: () => inFlight, close: () => app.close() };
  return new Map([...notReadyBy].map(([service, notReady]) => [service, { ...common, notReady }]));
};

/** Starts every part of the services of this process that serves HTTP. */
export const startHttp = async (ports: PartPorts, way: HttpWay): Promise<Listeners> => {
  const { options, opening, portsOf } = ports;
  const parts = options.services.flatMap((configured) =>
    httpOf(configured.service).map((part) => ({ configured, part })),
  );
  const listeners = new Map<string, Listening>();
  for (const { configured, part } of parts) {
    if (part.listener === "shared") continue;
    const listening = await part.open({ ...(await portsOf(configured, part.clients)), ...way });
    listeners.set(
      configured.service.name,
      opening.opened.add(listening, (each) => each.close()),
    );
  }
  const routes = parts.flatMap(({ part, ...rest }) =>
    part.listener === "shared" ? [{ ...rest, part }] : [],
  );
  if (routes.length === 0) return listeners;
  const shared = await startShared(ports, routes, way);
  const [first] = shared.values();
  if (first) opening.opened.add(first, (each) => each.close());
  return new Map([...listeners, ...shared]);
};
