import { join } from "node:path";
import { openRedisRequestMemory, openSqliteRequestMemory, type RequestMemory } from "@hybrid/http-api";
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

/** Opens the memory of a service when it is first asked for. */
const requestsOf = ({ options, opening }: PartPorts): ((service: string) => Promise<RequestMemory>) => {
  const { requestFolder, redisUrl, scheduler: clock } = options;
  const opened = new Map<string, Promise<RequestMemory>>();
  const open = async (service: string): Promise<RequestMemory> => {
    const path = join(requestFolder, `${service}.sqlite`);
    const memory =
      redisUrl === undefined
        ? openSqliteRequestMemory({ path, clock })
        : await openRedisRequestMemory({ url: redisUrl, service });
    return opening.opened.add(memory, (each) => each.close());
  };
  return (service) => {
    const memory = opened.get(service) ?? open(service);
    opened.set(service, memory);
    return memory;
  };
};

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
  { requests, ...way }: HttpWay & { readonly requests: ReturnType<typeof requestsOf> },
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
    const own = { ...way, requests: () => requests(configured.service.name) };
    const opened = await part.open({ ...(await portsOf(configured, part.clients)), ...own });
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
  const requests = requestsOf(ports);
  for (const { configured, part } of parts) {
    if (part.listener === "shared") continue;
    const own = { ...way, requests: () => requests(configured.service.name) };
    const listening = await part.open({ ...(await portsOf(configured, part.clients)), ...own });
    listeners.set(
      configured.service.name,
      opening.opened.add(listening, (each) => each.close()),
    );
  }
  const routes = parts.flatMap(({ part, ...rest }) =>
    part.listener === "shared" ? [{ ...rest, part }] : [],
  );
  if (routes.length === 0) return listeners;
  const shared = await startShared(ports, routes, { ...way, requests });
  const [first] = shared.values();
  if (first) opening.opened.add(first, (each) => each.close());
  return new Map([...listeners, ...shared]);
};
