import { openWebhookAddress } from "@hybrid/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RequestOutcome } from "./ingest-metrics.ts";
import { isPacked } from "./packed.ts";
import type { WebexIntake } from "./webex-intake.ts";

/** What the address of Webex's webhooks works with. */
export interface WebexRoute {
  /** The path before the signed address. */
  readonly path: string;
  readonly keys: readonly Uint8Array[];
  readonly intake: WebexIntake;
  /** Counts the outcome and answers it. */
  readonly answer: (reply: FastifyReply, outcome: RequestOutcome) => FastifyReply;
  /** Answers a request that failed before or within the handler. */
  readonly failed: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;
  /** Whether more requests are under way than may be. */
  readonly isFull: () => boolean;
}

const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
};

/**
 * POST of a delivery to `<path>/<signed address>`. An address that we did not sign is 404 before anything is
 * read. What is genuine is answered 2xx even when it cannot be used: after 100 other answers within five
 * minutes Webex disables a webhook for good (developer.webex.com, "Webhooks").
 */
export const addWebexRoute = (app: FastifyInstance, route: WebexRoute): void => {
  const { intake, answer, keys } = route;
  const addressOf = (request: FastifyRequest) => {
    const { address } = request.params as { readonly address: string };
    return openWebhookAddress(address, keys);
  };
  app.route<{ Body: Buffer | undefined }>({
    method: "POST",
    url: `${route.path}/:address`,
    onRequest: async (request, reply) => {
      if (addressOf(request) === undefined) return answer(reply, "unknown");
      if (route.isFull()) return answer(reply, "busy");
      if (!isPacked(request.headers["content-encoding"])) return undefined;
      return answer(reply.header("accept-encoding", "identity"), "wrongType");
    },
    handler: async (request, reply) => {
      const to = addressOf(request);
      if (to === undefined) return answer(reply, "unknown");
      const outcome = await intake.receive({
        to,
        rawBody: request.body ?? Buffer.alloc(0),
        sparkSignature: headerOf(request, "x-spark-signature"),
        webexSignature: headerOf(request, "x-webex-signature"),
      });
      return answer(reply, outcome);
    },
    errorHandler: route.failed,
  });
};
