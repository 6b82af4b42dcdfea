import { connect, type Socket } from "node:net";

/**
 * One HTTP/1.1 connection that carries one request at a time. It reads only answers without a body, which is
 * all that the ingest gives; anything else fails it. A client that does more would use up the machine that
 * is being measured.
 */
export class LoadConnection {
  readonly #socket: Socket;
  #answered: (() => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #received = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => this.#take(chunk));
    socket.on("error", (error) => this.#failed?.(error));
    socket.on("close", () => this.#failed?.(new Error("the server has closed a connection")));
  }

  static async open(host: string, port: number): Promise<LoadConnection> {
    const socket = connect(port, host);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new LoadConnection(socket);
  }

  /** Sends a whole request; calls `answered` on 202, `failed` on anything else. */
  send(request: Buffer, answered: () => void, failed: (error: Error) => void): void {
    this.#answered = answered;
    this.#failed = failed;
    this.#socket.write(request);
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#received += chunk;
    if (!this.#received.endsWith("\r\n\r\n")) return;
    const head = this.#received;
    this.#received = "";
    if (!head.startsWith("HTTP/1.1 202 "))
      this.#failed?.(new Error(`answered ${head.slice(9, 12)}, not 202`));
    else this.#answered?.();
  }
}
