import type { Log } from "@hybrid/log";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { ingestTopics } from "./records.ts";

/** `/healthz`: the process answers. `/readyz`: the log answers and has our topics. `/metrics`: Prometheus. */
export const addProbeRoutes = (
  app: FastifyInstance,
  given: { readonly log: Pick<Log, "topics">; readonly metricsRegistry: Registry },
): void => {
  app.get("/healthz", (_request, reply) => reply.send({ status: "healthy" }));
  app.get("/readyz", async (request, reply) => {
    try {
      const existing = new Set((await given.log.topics()).map((topic) => topic.name));
      const missing = ingestTopics.map((topic) => topic.name).filter((name) => !existing.has(name));
      return reply
        .code(missing.length === 0 ? 200 : 503)
        .send(missing.length === 0 ? { status: "ready" } : { missing });
    } catch (error) {
      request.log.warn(
        { name: error instanceof Error ? error.name : typeof error },
        "the log does not answer",
      );
      return reply.code(503).send({ status: "the log does not answer" });
    }
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(given.metricsRegistry.contentType).send(await given.metricsRegistry.metrics()),
  );
};
