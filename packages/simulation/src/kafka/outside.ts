import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A call as the outside saw it; times are milliseconds of the test's monotonic clock. */
export interface SeenCall {
  readonly callId: string;
  readonly kind: string;
  readonly owner: string;
  readonly startedAt: number;
  /** Null while it runs, and when the caller went away. */
  endedAt: number | null;
}

/** The world that workers call: a server of the test's own process that writes down who called when. */
export interface Outside {
  readonly url: string;
  readonly calls: readonly SeenCall[];
  /** How long a call takes from now on, in milliseconds. */
  takesMs: number;
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** Opens the world outside on a free port of this machine. */
export const openOutside = async (): Promise<Outside> => {
  const calls: SeenCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { callId, kind, owner } = JSON.parse(await bodyOf(request)) as SeenCall;
      const seen: SeenCall = { callId, kind, owner, startedAt: performance.now(), endedAt: null };
      calls.push(seen);
      if (outside.takesMs > 0) await pause(outside.takesMs);
      seen.endedAt = performance.now();
      response.end("done");
    })();
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  const outside: Outside = {
    url: `http://127.0.0.1:${port}/`,
    calls,
    takesMs: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return outside;
};
