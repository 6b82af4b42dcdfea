import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { VirtualClock } from "@hybrid/kernel/testing";
import { createMicrosoftGraph, type GraphRequestReport, type MicrosoftGraph } from "../src/index.ts";
import type { GraphLimits } from "../src/limits/graph-limits.ts";
import { clientId, keys, seededRandom } from "./world.ts";

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: any;
  /** Tells connections apart. */
  readonly connection: number;
}

/** An answer; `cut` ends the connection instead. */
export type Scripted =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | "cut";

export interface ScriptedServer {
  readonly url: string;
  readonly clock: VirtualClock;
  readonly graph: MicrosoftGraph;
  /** Requests to Graph, without those to the token endpoint. */
  readonly arrived: Arrived[];
  readonly tokenRequests: URLSearchParams[];
  readonly reports: GraphRequestReport[];
  close(): Promise<void>;
}

/** What a test answers with: by request, given how many came before it. */
export type Script = (request: Arrived, index: number) => Scripted | Promise<Scripted>;

/**
 * Graph and Entra as a script says: for answers that a well-behaved simulator does not give. `token` answers
 * token requests that are not to succeed.
 */
export const openScripted = async (
  script: Script,
  options: {
    readonly limits?: Partial<GraphLimits>;
    readonly token?: (index: number) => Scripted | null;
  } = {},
): Promise<ScriptedServer> => {
  const { caPem, tls, certificate } = await keys();
  const arrived: Arrived[] = [];
  const tokenRequests: URLSearchParams[] = [];
  let connections = 0;
  const numbers = new WeakMap<object, number>();

  const entra = (path: string, body: string): Scripted | null => {
    const tenant = path.split("/")[1] ?? "";
    if (path.endsWith("/.well-known/openid-configuration"))
      return {
        status: 200,
        body: {
          issuer: `${url}/${tenant}/v2.0`,
          authorization_endpoint: `${url}/${tenant}/oauth2/v2.0/authorize`,
          token_endpoint: `${url}/${tenant}/oauth2/v2.0/token`,
          jwks_uri: `${url}/common/discovery/v2.0/keys`,
        },
      };
    if (!path.endsWith("/oauth2/v2.0/token")) return null;
    tokenRequests.push(new URLSearchParams(body));
    const access_token = `token-${tokenRequests.length}`;
    const granted = { status: 200, body: { token_type: "Bearer", expires_in: 3_599, access_token } };
    return options.token?.(tokenRequests.length - 1) ?? granted;
  };

  const server = createServer({ key: tls.keyPem, cert: tls.certPem }, (incoming, outgoing) => {
    let text = "";
    incoming.on("data", (chunk) => {
      text += String(chunk);
    });
    incoming.on("end", () => {
      const { method = "", url: path = "", headers, socket } = incoming;
      const connection = numbers.get(socket) ?? 0;
      const request = {
        method,
        path,
        headers,
        connection,
        body: text.startsWith("{") ? JSON.parse(text) : text,
      };
      const scripted = entra(path.split("?")[0] ?? "", text) ?? script(request, arrived.push(request) - 1);
      void Promise.resolve(scripted).then((answer) => {
        if (answer === "cut") return socket.destroy();
        const given = answer.body ?? {};
        const body = typeof given === "string" || Buffer.isBuffer(given) ? given : JSON.stringify(given);
        outgoing.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
        return outgoing.end(answer.status === 204 ? undefined : body);
      });
    });
  });
  server.on("secureConnection", (socket) => numbers.set(socket, ++connections));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const clock = new VirtualClock();
  const reports: GraphRequestReport[] = [];
  const graph = createMicrosoftGraph({
    cloud: { loginUrl: url, graphUrl: url },
    clientId,
    certificate: { thumbprintSha256: certificate.thumbprintSha256, privateKeyPem: certificate.keyPem },
    scheduler: clock,
    random: seededRandom(11),
    ca: caPem,
    limits: options.limits ?? {},
    metrics: { onRequest: (report) => reports.push(report) },
  });
  return {
    url,
    clock,
    graph,
    arrived,
    tokenRequests,
    reports,
    close: async () => {
      await graph.close();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};
