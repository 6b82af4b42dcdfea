import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Where the proxy listens and what it leads to. */
export interface ProxyOptions {
  readonly host: string;
  readonly port: number;
  /** Ports on this machine by the real clouds' names. */
  readonly portsByHost: ReadonlyMap<string, number>;
  /** The address that those ports are on. */
  readonly target: string;
}

/** A running proxy. */
export interface Proxy {
  readonly port: number;
  close(): Promise<void>;
}

const refuse = (client: Duplex, status: string, text: string): void => {
  client.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${text}\n`);
};

/**
 * A proxy for HTTPS_PROXY: a program that calls `graph.microsoft.com` reaches the simulator, encrypted to the
 * end, for the simulator's certificate holds that name. It leads nowhere else, so that nothing of a test can
 * reach a real service by accident.
 */
export const startProxy = async (options: ProxyOptions): Promise<Proxy> => {
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  const names = [...options.portsByHost.keys()].join(", ");
  const server: Server = createServer((_request, response) => {
    response.writeHead(501, { "content-type": "text/plain" });
    response.end(`This proxy leads HTTPS to the simulators only (CONNECT to ${names}).\n`);
  });
  server.on("connect", (request, client, head) => {
    keep(client);
    client.on("error", () => client.destroy());
    const [host = "", port = "443"] = (request.url ?? "").split(":");
    const targetPort = options.portsByHost.get(host.toLowerCase());
    if (targetPort === undefined || port !== "443") {
      refuse(client, "403 Forbidden", `The simulators are not ${request.url}. This proxy leads to ${names}.`);
      return;
    }
    const upstream: Socket = connect(targetPort, options.target, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    keep(upstream);
    upstream.once("error", () => client.destroy());
    client.once("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
