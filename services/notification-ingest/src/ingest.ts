import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type Clock, type EpochMs, minutes } from "@hybrid/kernel";
import { LogUnavailableError } from "@hybrid/log";
import type { HttpLog } from "@hybrid/service";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Registry } from "prom-client";
import { createAppender } from "./appender.ts";
import { itemsMaxOf } from "./body-items.ts";
import { createDeadLetterLimit } from "./dead-letter-limit.ts";
import { createIngestMetrics, type IngestMetrics, type RequestOutcome } from "./ingest-metrics.ts";
import { createIntake, type Intake } from "./intake.ts";
import { isPacked } from "./packed.ts";
import type { ItemKind } from "./sort-items.ts";
import { createWebexIntake } from "./webex-intake.ts";
import { addWebexRoute } from "./webex-route.ts";

/** What an ingest is made of. */
export interface IngestOptions {
  readonly log: HttpLog;
  readonly clock: Clock;
  /** All keys that may have signed a live subscription's clientState, at least 32 bytes each. */
  readonly clientStateKeys: readonly Uint8Array[];
  /** For example `/graph/notifications`; may equal `lifecyclePath`. Either takes both kinds of items. */
  readonly notificationPath: string;
  readonly lifecyclePath: string;
  /** `/webex/webhooks` when left out; the signed address of a webhook follows it. */
  readonly webexPath?: string;
  readonly metricsRegistry: Registry;
  readonly logger: FastifyBaseLogger;
  /** Partitions of every topic. */
  readonly partitionCount: number;
  /** 1 MiB when left out. */
  readonly bodyBytesMax?: number;
  /** Appends at the same time, 64 when left out; more are refused with 503. */
  readonly appendsMax?: number;
  /** Milliseconds, 2,500 when left out: Graph calls an answer slow after 3 s. */
  readonly appendTimeoutMs?: number;
  /** Requests being read or answered, 512 when left out; more are refused with 503 before they are read. */
  readonly requestsMax?: number;
  /** Milliseconds, 30,000 when left out: a request that has not arrived whole by then is cut off with 408. */
  readonly requestTimeoutMs?: number;
  /** Dead letters written per minute for unauthenticated requests, 120 when left out; 0 writes none. */
  readonly anonymousDeadLettersPerMinute?: number;
  /** PEM; plain HTTP when left out or null, for a proxy that ends TLS. */
  readonly tls?: { readonly key: string; readonly cert: string } | null;
}

/** The web server, not yet listening, and what is under way in it. */
export interface Ingest {
  readonly app: FastifyInstance;
  /** Requests being answered plus appends that have not settled; 0 when idle. */
  readonly inFlight: () => number;
}

/** Graph redelivers for four hours with its own back-off; this only spreads the first repetition. */
const retryAfterSeconds = 5;

const bodyBytesMaxByDefault = 1_048_576;
const requestsMaxByDefault = 512;
const requestTimeoutMsByDefault = 30_000;
const anonymousDeadLettersByDefault = 120;

const statusOf: Readonly<Record<RequestOutcome, number>> = {
  validated: 200,
  accepted: 202,
  malformed: 400,
  setAside: 202,
  unauthenticated: 401,
  unknown: 404,
  tooLarge: 413,
  wrongType: 415,
  busy: 503,
  unavailable: 503,
  timedOut: 503,
  failed: 500,
};

const outcomeOfError = (statusCode: unknown): RequestOutcome => {
  if (statusCode === 413) return "tooLarge";
  if (statusCode === 415) return "wrongType";
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? "malformed" : "failed";
};

/** Outcomes at which a body may still be on its way. */
const notRead: ReadonlySet<RequestOutcome> = new Set(["tooLarge", "wrongType", "busy", "unknown"]);

/** Every answer but the handshake's is empty: there is nobody to read a text, and nothing to give away. */
const emptyAnswer = (reply: FastifyReply, outcome: RequestOutcome): FastifyReply => {
  const status = statusOf[outcome];
  if (status === 503) reply.header("retry-after", String(retryAfterSeconds));
  // What is left of a body that is not wanted would be read and thrown away; a closed connection ends it.
  if (notRead.has(outcome)) reply.header("connection", "close");
  return reply.code(status).send();
};

/** What is told to a client whose request is no HTTP, too long in its head, or not whole in time. */
const answerToBadHttp = (error: Error & { readonly code?: unknown }): string => {
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") return "408 Request Timeout";
  if (error.code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  return "400 Bad Request";
};

const bareServer = (options: IngestOptions): FastifyInstance => {
  const requestTimeout = options.requestTimeoutMs ?? requestTimeoutMsByDefault;
  const bounds = { requestTimeout, connectionsCheckingInterval: Math.ceil(requestTimeout / 4) };
  const app = fastify({
    loggerInstance: options.logger,
    // A request line names the address with its query, which is content during the handshake.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyBytesMax ?? bodyBytesMaxByDefault,
    // A signed address is longer than the 100 characters that Fastify lets a parameter have.
    routerOptions: { maxParamLength: 128 },
    serverFactory: (handler) =>
      options.tls ? createTlsServer({ ...options.tls, ...bounds }, handler) : createServer(bounds, handler),
    clientErrorHandler: (error, socket) => {
      // The default handler would log the raw packet; and a client that never ends must not stay connected.
      if (!socket.writable) return void socket.destroy();
      socket.end(`HTTP/1.1 ${answerToBadHttp(error)}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, body),
  );
  app.setNotFoundHandler((_request, reply) => reply.code(404).send());
  return app;
};

/**
 * Name and place of an error, without its message: that of an unforeseen one may quote what was processed.
 */
const placeOf = (error: unknown): Readonly<Record<string, unknown>> =>
  error instanceof LogUnavailableError
    ? { name: error.name, reason: error.message }
    : error instanceof Error
      ? { name: error.name, frames: (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) }
      : { name: typeof error, frames: [] };

/** Says at most once a minute that dead letters are held back, however many requests come. */
const withholding = (options: IngestOptions, metrics: IngestMetrics): ((deadLetters: number) => void) => {
  let sinceLine = 0;
  let lineAt: EpochMs | null = null;
  return (deadLetters) => {
    metrics.deadLettersWithheld.inc(deadLetters);
    sinceLine += deadLetters;
    const now = options.clock.now();
    if (lineAt !== null && now >= lineAt && now - lineAt < minutes(1)) return;
    options.logger.warn(
      { withheld: sinceLine },
      "unauthenticated notifications come faster than dead letters may be written; they are only counted. " +
        "If users' changes arrive late, CLIENT_STATE_KEYS lacks the key that their subscriptions carry",
    );
    lineAt = now;
    sinceLine = 0;
  };
};

type Counted = (outcome: RequestOutcome) => RequestOutcome;

/** Answers a request that failed on the way; what nobody has foreseen is logged. */
const failing =
  (counted: Counted) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const outcome = counted(outcomeOfError((error as { readonly statusCode?: unknown }).statusCode));
    if (outcome === "failed") request.log.error(placeOf(error), "a notification request failed unexpectedly");
    void emptyAnswer(reply, outcome);
  };

interface NotificationRoute {
  readonly path: string;
  /** The kind of items that do not show theirs. */
  readonly kind: ItemKind;
  readonly intake: Intake;
  readonly counted: Counted;
  /** Whether more requests are under way than may be. */
  readonly isFull: () => boolean;
}

/**
 * The validation handshake is answered before the body is even read, so that neither the log nor load can
 * make it late: 200, text/plain, the URL-decoded token within 10 s (learn.microsoft.com, "Receive change
 * notifications through webhooks", endpoint validation).
 */
const addNotificationRoute = (
  app: FastifyInstance,
  { path, kind, intake, counted, isFull }: NotificationRoute,
): void => {
  app.route<{ Querystring: { validationToken?: string | string[] }; Body: Buffer | undefined }>({
    method: "POST",
    url: path,
    onRequest: async (request, reply) => {
      const token = request.query.validationToken;
      if (token === undefined) {
        if (isFull()) return emptyAnswer(reply, counted("busy"));
        if (!isPacked(request.headers["content-encoding"])) return undefined;
        return emptyAnswer(reply.header("accept-encoding", "identity"), counted("wrongType"));
      }
      if (typeof token !== "string") return emptyAnswer(reply, counted("malformed"));
      return reply.code(statusOf[counted("validated")]).type("text/plain; charset=utf-8").send(token);
    },
    handler: async (request, reply) =>
      emptyAnswer(reply, counted(await intake.receive(request.body ?? Buffer.alloc(0), kind))),
    errorHandler: failing(counted),
  });
};

/**
 * Creates the web server that takes Graph's notifications: authenticates every item by its clientState,
 * appends all items of a request in one append, and answers 202 only when that is durable (I3); 503 tells
 * Graph to redeliver. Throws TypeError when there is no usable key.
 */
export const createIngest = (options: IngestOptions): Ingest => {
  if (options.clientStateKeys.length === 0)
    throw new TypeError("notification-ingest needs a clientState key");
  let answering = 0;
  const app = bareServer(options);
  const inFlight = (): number => answering + appender.inFlight();
  const metrics = createIngestMetrics(options.metricsRegistry, inFlight);
  const appender = createAppender({
    log: options.log,
    metrics,
    appendsMax: options.appendsMax ?? 64,
    appendTimeoutMs: options.appendTimeoutMs ?? 2_500,
    appendFailed: (error, records) =>
      app.log.error(
        { ...placeOf(error), records },
        "notifications could not be appended; Graph will redeliver them, of Webex the events feed tells",
      ),
  });
  const shared = {
    ...options,
    appender,
    metrics,
    deadLetterLimit: createDeadLetterLimit(
      options.clock,
      options.anonymousDeadLettersPerMinute ?? anonymousDeadLettersByDefault,
    ),
    withheld: withholding(options, metrics),
  };
  const intake = createIntake({
    ...shared,
    itemsMax: itemsMaxOf(options.bodyBytesMax ?? bodyBytesMaxByDefault),
  });
  const counted: Counted = (outcome) => {
    metrics.requests.inc({ outcome });
    return outcome;
  };
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("x-content-type-options", "nosniff");
    answering++;
    reply.raw.once("close", () => answering--);
  });
  const isFull = (): boolean => answering > (options.requestsMax ?? requestsMaxByDefault);
  const common = { intake, counted, isFull };
  addNotificationRoute(app, { path: options.notificationPath, kind: "change", ...common });
  if (options.lifecyclePath !== options.notificationPath)
    addNotificationRoute(app, { path: options.lifecyclePath, kind: "lifecycle", ...common });
  addWebexRoute(app, {
    path: options.webexPath ?? "/webex/webhooks",
    keys: options.clientStateKeys,
    intake: createWebexIntake({ ...shared, keys: options.clientStateKeys }),
    answer: (reply, outcome) => emptyAnswer(reply, counted(outcome)),
    failed: failing(counted),
    isFull,
  });
  return { app, inFlight };
};
