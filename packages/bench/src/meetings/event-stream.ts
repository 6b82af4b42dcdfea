import { connect } from "node:net";

/** Who asks for a stream, and where. */
export interface StreamAddress {
  readonly port: number;
  readonly path: string;
  readonly token: string;
}

/** Hears of each event by its name. */
export type HeardEvent = (name: string) => void;

/** An event's name may be cut in two; it is no longer than this. */
const nameMax = 32;
const eventLine = /event: (?<name>[a-z]+)\n/g;

/**
 * Reads a stream of server-sent events from a socket, by the names alone: a client that does more would use
 * up the machine that is being measured. Resolves with what ends it, once the server has begun to answer.
 */
export const openStream = (
  { port, path, token }: StreamAddress,
  { heard, broken }: { readonly heard: HeardEvent; readonly broken: (error: Error) => void },
): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    let isOpen = false;
    const failed = (error: Error): void => (isOpen ? broken(error) : reject(error));
    socket.setEncoding("latin1");
    socket.on("error", failed);
    socket.on("close", () => failed(new Error("the server has closed a stream")));
    socket.on("data", (chunk) => {
      received += String(chunk);
      if (!isOpen) {
        if (!received.startsWith("HTTP/1.1 200 ")) return failed(new Error(received.slice(0, 200)));
        isOpen = true;
        resolve(() => socket.removeAllListeners("close").destroy());
      }
      let end = 0;
      for (const { index, 0: line, groups } of received.matchAll(eventLine)) {
        end = index + line.length;
        heard(groups?.["name"] ?? "");
      }
      received = received.slice(Math.max(end, received.length - nameMax));
    });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n` +
        "Accept: text/event-stream\r\n\r\n",
    );
  });
