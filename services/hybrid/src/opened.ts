import type { Registry } from "prom-client";

/** Starts what `open` opens and, when a later part fails, closes the earlier ones in reverse order. */
export class Opened {
  readonly #closers: (() => Promise<void>)[] = [];

  add<Part>(part: Part, close: (part: Part) => Promise<void>): Part {
    this.#closers.push(() => close(part));
    return part;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

/** What parts are opened into. */
export interface Opening {
  readonly opened: Opened;
  readonly registry: Registry;
}
