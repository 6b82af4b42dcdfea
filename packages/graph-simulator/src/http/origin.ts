import type { FastifyRequest } from "fastify";

/**
 * `https://<name>[:<port>]` as the sender of a request wrote it. Links in answers begin with it, so that a
 * program that reaches the simulator under a name of its own choice stays with that name.
 */
export const originOf = (request: FastifyRequest): string => `https://${request.host}`;
