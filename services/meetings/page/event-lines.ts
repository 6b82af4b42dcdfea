/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  /** The client's place behind it; null when it names none. */
  readonly id: string | null;
  readonly data: string;
}

/**
 * Reads server-sent events out of pieces of text, however they are cut. EventSource does the same and sends
 * no token along; a package would need a build, and the page has none.
 */
export class EventLines {
  #rest = "";
  #event = "";
  #id: string | null = null;
  #data: string[] = [];

  /** The events that are whole with this piece. */
  push(piece: string): readonly ServerEvent[] {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#read(line.replace(/\r$/, "")) ?? []);
  }

  #read(line: string): ServerEvent | null {
    if (line === "") return this.#ended();
    const [, name = "", value = ""] = /^(\w*):? ?(.*)$/s.exec(line) ?? [];
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#event = value;
    else if (name === "id") this.#id = value;
    return null;
  }

  /** A place without data counts too: it moves the client on. */
  #ended(): ServerEvent | null {
    const told = { event: this.#event, id: this.#id, data: this.#data.join("\n") };
    this.#event = "";
    this.#id = null;
    this.#data = [];
    return told.data === "" && told.id === null ? null : told;
  }
}
