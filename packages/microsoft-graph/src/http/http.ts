import { createSecureContext, getCACertificates } from "node:tls";
import { Agent, fetch } from "undici";

/** One request; `body` is text, as everything sent here is JSON or a form. */
export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
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

/** An answer larger than this is refused; a page of 1,000 events with long bodies is far below. */
const answerBytesMax = 64 * 1024 * 1024;
/**
 * Real time without a byte after which a connection is given up; the call's own deadline is usually earlier.
 */
const silenceMs = 30_000;

/**
 * HTTPS over undici, trusting the system's authorities and `ca` (PEM) besides. Redirects are never followed.
 */
export const createHttp = (options: { readonly ca?: string; readonly connectionsMax: number }): Http => {
  const { ca } = options;
  const secureContext =
    ca === undefined ? undefined : createSecureContext({ ca: [...getCACertificates("default"), ca] });
  const createAgent = (): Agent =>
    new Agent({
      connections: options.connectionsMax,
      allowH2: false,
      maxResponseSize: answerBytesMax,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
      ...(secureContext ? { connect: { secureContext } } : {}),
    });
  const shared = createAgent();

  const sendVia = async (dispatcher: Agent, request: HttpRequest): Promise<HttpAnswer> => {
    const { url, method, headers, body, signal } = request;
    const init = { method, headers, signal, dispatcher, redirect: "manual" } as const;
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    const text = await response.text();
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
