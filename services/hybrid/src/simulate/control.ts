import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import type { z } from "zod";
import type { Clouds } from "./clouds.ts";
import { type ControlRoute, controlRoutes } from "./control-routes.ts";

/** A running control port. */
export interface ControlPort {
  readonly port: number;
  close(): Promise<void>;
}

const described = ({ method, path, does }: ControlRoute): string => `${method} ${path}: ${does}`;

const faultsOf = (error: z.ZodError): string[] =>
  error.issues.map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`);

/** A body that is empty counts as none. */
const addRoute = (server: FastifyInstance, clouds: Clouds, route: ControlRoute): void => {
  server.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      const given = request.body ?? undefined;
      const read = route.body.safeParse(given);
      if (!read.success)
        return reply.code(400).send({ route: described(route), faults: faultsOf(read.error) });
      const params = request.params as Readonly<Record<string, string>>;
      return reply.send(await route.handle(clouds, { params, body: read.data as never }));
    },
  });
};

/**
 * HTTP on which a test steers both simulators: time, faults, and what people and administrators do. What the
 * simulators refuse is 409 with their reason, for example a user that there is not.
 */
export const startControl = async (clouds: Clouds, host: string, port: number): Promise<ControlPort> => {
  const server = fastify({ forceCloseConnections: true });
  server.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 409).send({ faults: [error.message] }),
  );
  server.get("/", () => ({ does: controlRoutes.map(described) }));
  for (const route of controlRoutes) addRoute(server, clouds, route);
  await server.listen({ host, port });
  return { port: (server.server.address() as AddressInfo).port, close: () => server.close() };
};
