import { randomUUID } from "node:crypto";
import type { Problem } from "@hybrid/control-hub-page/api";
import { LogUnavailableError } from "@hybrid/log";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { SessionsUnavailable } from "../adapters/redis-sessions.ts";
import { HttpFault } from "./http-fault.ts";

const titles: Readonly<Record<number, string>> = {
  400: "The request cannot be used",
  401: "Nobody is signed in",
  403: "This is not allowed",
  404: "There is no such thing",
  409: "This cannot be done now",
  412: "It was changed meanwhile",
  413: "The request is too large",
  415: "The request is of the wrong kind",
  421: "This service is not asked by this name",
  422: "The request was given before with something else",
  429: "There were too many requests",
  500: "Something failed here",
  503: "This is not possible at the moment",
};

const problemOf = (
  status: number,
  code: string,
  rest: Omit<Problem, "type" | "title" | "status">,
): Problem => ({
  type: `urn:hybrid:problem:${code}`,
  title: titles[status] ?? "The request failed",
  status,
  ...rest,
});

const send = (reply: FastifyReply, problem: Problem): FastifyReply =>
  reply.code(problem.status).type("application/problem+json; charset=utf-8").send(problem);

/** What the framework itself refuses: bodies that are too large, no JSON, of another kind. */
const codeOf = (status: number): string =>
  ({ 413: "tooLarge", 415: "wrongKind", 429: "tooManyRequests" })[status] ?? "badRequest";

/** Answers faults as RFC 9457 has it; one that nobody foresaw is logged under the id that the person sees. */
export const answerProblems = (app: FastifyInstance): void => {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof HttpFault) {
      const { status, code, message, faults } = error;
      return send(
        reply,
        problemOf(status, code, { detail: message, ...(faults ? { faults: [...faults] } : {}) }),
      );
    }
    if (error instanceof LogUnavailableError)
      return send(
        reply,
        problemOf(503, "logUnavailable", { detail: "Nothing was written. Try again soon." }),
      );
    if (error instanceof SessionsUnavailable) {
      request.log.error({ reason: error.message }, "sessions cannot be looked up");
      return send(
        reply,
        problemOf(503, "sessionsUnavailable", {
          detail: "Sessions cannot be looked up now. Try again soon.",
        }),
      );
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return send(reply, problemOf(status, codeOf(status), { detail: error.message }));
    const instance = randomUUID();
    request.log.error({ err: error, instance }, "a request to control-hub failed");
    return send(reply, problemOf(500, "unexpected", { instance }));
  });
};
