import { orgIdOf } from "@hybrid/kernel";
import fastify, { type FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { PartitionStatus, RunningService } from "../options.ts";

/** Where the health server listens and what it tells about. */
export interface HealthServerOptions {
  /** 127.0.0.1 when left out: metrics and states are nobody else's business. */
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly registry: Registry;
  readonly services: () => readonly RunningService[];
  /** False for a process that runs none of them on purpose, which is ready without; true when left out. */
  readonly servicesExpected?: boolean;
  /** What other parts of the process wait for, in words for a person; empty when they can work. */
  readonly waitingFor?: () => Promise<readonly string[]>;
}

/** A health server at work. */
export interface HealthServer {
  /** The base address, for example `http://127.0.0.1:9400`. */
  readonly url: string;
  close(): Promise<void>;
}

interface Owned extends PartitionStatus {
  readonly service: string;
}

const partitionsOf = (
  services: readonly RunningService[],
  wanted: (status: PartitionStatus) => boolean,
): readonly Owned[] =>
  services.flatMap((running) =>
    running
      .status()
      .filter(wanted)
      .map((status) => ({ service: running.service, ...status })),
  );

const reasonsOf = (services: readonly RunningService[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    services
      .map((running) => [running.service, running.waitsFor()] as const)
      .filter(([, why]) => why.length > 0),
  );

const unassigned = (services: readonly RunningService[]): readonly string[] =>
  services.filter((running) => running.status().length === 0).map((running) => running.service);

/** What operators ask for: who owns what, what stands still, and what is kept back. */
const serveOperators = (server: FastifyInstance, services: () => readonly RunningService[]): void => {
  server.get("/owners", (_request, reply) => reply.send(partitionsOf(services(), () => true)));
  server.get("/parked", (_request, reply) =>
    reply.send(
      services().flatMap((running) =>
        running.parked().map((each) => ({ service: running.service, ...each })),
      ),
    ),
  );
  server.get<{ Params: { org: string } }>("/observed/:org", (request, reply) => {
    try {
      const org = orgIdOf(request.params.org);
      return reply.send(
        services().map((running) => ({ service: running.service, ...running.observed(org) })),
      );
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return reply.code(400).send({ error: error.message });
    }
  });
};

/**
 * Serves `/healthz` (200 while every loop makes progress; 503, restart the process: one stands still with
 * work to do, one has failed again and again for minutes, or one has stopped for good), `/readyz` (200 when
 * every service has partitions, all of them run and no part waits, else 503 with the reasons; `needsPerson`:
 * what a restart does not mend, and what to do; `why`: by service, why partitions are nobody's), `/metrics`
 * (Prometheus text), and for operators, by service, `/owners` (every partition of this process with its
 * state), `/parked` (parked actors) and `/observed/<org>` (what observe mode keeps back).
 */
export const startHealthServer = async (options: HealthServerOptions): Promise<HealthServer> => {
  const server = fastify({ logger: false, forceCloseConnections: true });
  server.get("/healthz", (_request, reply) => {
    const services = options.services();
    const stalled = partitionsOf(services, (status) => status.stalled);
    const circling = partitionsOf(services, (status) => status.circling);
    const dead = partitionsOf(services, (status) => status.dead);
    const healthy = stalled.length + circling.length + dead.length === 0;
    return reply.code(healthy ? 200 : 503).send({ healthy, stalled, circling, dead });
  });
  server.get("/readyz", async (_request, reply) => {
    const services = options.services();
    const notRunning = partitionsOf(services, ({ state, reason }) => state !== "running" || reason !== null);
    const withoutPartitions = unassigned(services);
    const { servicesExpected = true } = options;
    const complete = services.length > 0 || !servicesExpected;
    const waitingFor = await options.waitingFor?.();
    const lacking = [notRunning, withoutPartitions, waitingFor ?? []].some(({ length }) => length > 0);
    const ready = complete && !lacking;
    const needsPerson = notRunning.filter((status) => status.dead);
    const why = reasonsOf(services);
    return reply.code(ready ? 200 : 503).send({
      ready,
      notRunning,
      needsPerson,
      withoutPartitions,
      ...(Object.keys(why).length > 0 && { why }),
      ...(waitingFor && { waitingFor }),
    });
  });
  server.get("/metrics", async (_request, reply) =>
    reply.type(options.registry.contentType).send(await options.registry.metrics()),
  );
  serveOperators(server, options.services);
  const url = await server.listen({ host: options.host ?? "127.0.0.1", port: options.port });
  return { url, close: () => server.close() };
};
