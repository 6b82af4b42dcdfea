import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";

/** A client that reads at once; it keeps nothing but what it is told of. */
class ReadingClient extends EventEmitter {
  readonly writableLength = 0;
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    super();
    this.#onChange = onChange;
  }

  writeHead(): this {
    return this;
  }

  flushHeaders(): void {
    // Nothing goes over a wire.
  }

  write(text: string): boolean {
    // A reset tells of everything: the client reads its list again.
    if (text.includes("event: change\n") || text.includes("event: reset\n")) this.#onChange();
    return true;
  }

  end(): void {
    this.emit("close");
  }

  destroy(): void {
    this.emit("close");
  }
}

/** Where a stream of changes writes; the stream uses nothing of a response but this. */
export const readingClient = (onChange: () => void): ServerResponse =>
  new ReadingClient(onChange) as unknown as ServerResponse;
