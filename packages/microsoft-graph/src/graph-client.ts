import { ProviderError, plus, type Random } from "@hybrid/kernel";
import { Client, ResponseType, TelemetryHandler } from "@microsoft/microsoft-graph-client";
import type { TokenCache } from "./auth/token-cache.ts";
import type { CloudHosts } from "./clouds.ts";
import type { MailboxQueue } from "./limits/mailbox-queue.ts";
import { authorizeMiddleware } from "./middleware/authorize.ts";
import { type GateOptions, gateMiddleware, refuseWhileClosed } from "./middleware/gate.ts";
import { GraphCall, type GraphCallSpec, mailboxScope, scopesOf, whatOf } from "./middleware/graph-call.ts";
import { retryMiddleware } from "./middleware/retry.ts";
import { type SendOptions, sendMiddleware } from "./middleware/send.ts";
import { requestIdFrom } from "./request-id.ts";
import { type UploadPart, uploadPart } from "./upload-part.ts";

/** What goes over the wire. `path` is below `/v1.0`, or a link that Graph gave; values in it are encoded. */
export interface GraphRequestSpec {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** Sends requests to Microsoft Graph with everything around it that keeps to its rules. */
export interface GraphClient {
  readonly hosts: CloudHosts;
  /** The JSON of the answer, or undefined when it has none. Throws ProviderError. */
  request(call: GraphCallSpec, request: GraphRequestSpec): Promise<unknown>;
  /** Sends one part of a file to its upload session. Throws ProviderError. */
  upload(call: GraphCallSpec, part: UploadPart): Promise<void>;
}

/** What the client is made of. */
export interface GraphClientOptions extends GateOptions, SendOptions {
  readonly hosts: CloudHosts;
  readonly random: Random;
  readonly tokens: TokenCache;
  readonly mailboxQueue: MailboxQueue;
}

/** The SDK's client with our middleware. TelemetryHandler stands first: each pass appends to its header. */
const createSdkClient = (options: GraphClientOptions): Client =>
  Client.initWithMiddleware({
    baseUrl: options.hosts.graphUrl,
    defaultVersion: "v1.0",
    customHosts: new Set([new URL(options.hosts.graphUrl).hostname]),
    middleware: [
      new TelemetryHandler(),
      authorizeMiddleware(options.tokens),
      retryMiddleware(options),
      gateMiddleware(options),
      sendMiddleware(options),
    ],
  });

/** Makes the client; it holds no connections of its own. */
export const createGraphClient = (options: GraphClientOptions): GraphClient => {
  const { hosts, scheduler, limits, closures, mailboxQueue } = options;
  const sdk = createSdkClient(options);

  const exchange = async (
    call: GraphCall,
    { method, path, headers, body }: GraphRequestSpec,
  ): Promise<unknown> => {
    const request = sdk
      .api(path)
      .responseType(ResponseType.RAW)
      .headers({ Accept: "application/json", "client-request-id": requestIdFrom(options.random), ...headers })
      .middlewareOptions([call]);
    try {
      const send = {
        GET: () => request.get(),
        POST: () => request.post(body),
        PATCH: () => request.patch(body),
      };
      await (method === "DELETE" ? request.delete() : send[method]());
      return call.answer;
    } catch (error) {
      // Ours when it came from here; what came through the SDK is its wrapping of the middleware's error.
      throw error instanceof ProviderError ? error : (call.failure ?? error);
    }
  };

  /** Runs `work` in the mailbox's turn. */
  const inTurn = async <Result>(
    spec: GraphCallSpec,
    work: (call: GraphCall) => Promise<Result>,
  ): Promise<Result> => {
    const what = whatOf(spec);
    refuseWhileClosed(closures, scopesOf(spec), what);
    const { tenantId, userObjectId, signal } = spec;
    const leave =
      spec.entersMailbox && userObjectId !== null
        ? await mailboxQueue.enter(mailboxScope(tenantId, userObjectId), { signal, what })
        : () => undefined;
    try {
      return await work(new GraphCall(spec, plus(scheduler.now(), limits.quickBudgetMs)));
    } finally {
      leave();
    }
  };

  return {
    hosts,
    request: (spec, request) => inTurn(spec, (call) => exchange(call, request)),
    upload: (spec, part) =>
      inTurn(spec, (call) => uploadPart({ ...options, graphUrl: hosts.graphUrl }, call, part)),
  };
};
