import { createSecureContext, getCACertificates } from "node:tls";
import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch } from "undici";
import type { HttpsProxy } from "../options.ts";

/** One request; `body` is JSON, a form, or a part of a file. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Leave over a connection of its own: after a 503 Microsoft asks for a new one (Graph best practices). */
  readonly freshConnection?: boolean;
}

/** One answer, read to its end; header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends requests to Microsoft's hosts; throws what undici throws when there is no answer. */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** An answer larger than this, also unpacked, is refused; a page of 1,000 events with long bodies is less. */
const answerBytesMax = 64 * 1024 * 1024;
/**
 * Real time without a byte after which a connection is given up; the call's own deadline is usually earlier.
 */
const silenceMs = 30_000;

/** The whole text of a body; the agent's own limit counts packed bytes, this one what they unpack to. */
const textOf = async (body: AsyncIterable<Uint8Array> | null): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) throw new RangeError(`the answer is larger than ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks, bytes));
};

/** How requests get out. */
export interface HttpOptions {
  readonly ca?: string;
  readonly connectionsMax: number;
  readonly proxy?: HttpsProxy;
}

/**
 * HTTPS over undici, trusting the system's authorities and `ca` (PEM) besides, through `proxy` where one is
 * given. Redirects are never followed.
 */
export const createHttp = (options: HttpOptions): Http => {
  const { ca, proxy } = options;
  const secureContext =
    ca === undefined ? undefined : createSecureContext({ ca: [...getCACertificates("default"), ca] });
  const createAgent = (): Dispatcher => {
    const tls = secureContext ? { secureContext } : {};
    const common = {
      connections: options.connectionsMax,
      allowH2: false,
      maxResponseSize: answerBytesMax,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
      connect: tls,
    };
    if (proxy === undefined) return new Agent(common);
    // Everything is given: nothing is taken from the environment behind the back of the settings.
    const way = { httpProxy: "", httpsProxy: proxy.url, noProxy: proxy.except ?? "" };
    return new EnvHttpProxyAgent({ ...common, ...way, requestTls: tls, proxyTls: tls });
  };
  const shared = createAgent();

  const sendVia = async (dispatcher: Dispatcher, request: HttpRequest): Promise<HttpAnswer> => {
    const { url, method, headers, body, signal } = request;
    const init = { method, headers, signal, dispatcher, redirect: "manual" } as const;
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    const text = await textOf(response.body);
    return { status: response.status, headers: Object.fromEntries(response.headers), text };
  };

  return {
    send: async (request) => {
      if (!request.freshConnection) return await sendVia(shared, request);
      const fresh = createAgent();
      try {
        return await sendVia(fresh, request);
      } finally {
        await fresh.destroy();
      }
    },
    close: async () => await shared.destroy(),
  };
};
