import type { FastifyInstance, FastifyRequest } from "fastify";
import { callerOf, type Operation, requireScope } from "./operations/operation.ts";
import type { People } from "./organization.ts";
import type { SimulatedToken } from "./token.ts";

/** Lets every operation answer at its address, for tokens that have its scope. */
export const addOperations = (
  app: FastifyInstance,
  operations: readonly Operation[],
  people: People,
  tokenOf: (request: FastifyRequest) => SimulatedToken,
): void => {
  for (const { method, path, scopes, answer } of operations)
    app.route({
      method,
      url: path,
      handler: (request, reply) => {
        const caller = callerOf(tokenOf(request), people);
        requireScope(caller, scopes);
        const made = answer({
          caller,
          params: request.params as Record<string, string>,
          query: request.query,
          body: request.body,
          url: new URL(request.url, `https://${request.host}`),
        });
        reply.code(made.status ?? 200).headers(made.headers ?? {});
        return reply.send(made.bytes ?? made.body);
      },
    });
};
