import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Requests by their number in Kafka's protocol ("API keys" of the protocol guide). */
export const apiKeys = {
  produce: 0,
  fetch: 1,
  joinGroup: 11,
  heartbeat: 12,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  endTxn: 26,
} as const;

/** What becomes of a request or an answer; bytes go in its stead. */
export type Fate = "pass" | "drop" | Buffer;

/** A request on its way to a broker, or the answer to it on its way back. */
export interface Frame {
  readonly direction: "request" | "answer";
  readonly apiKey: number;
}

/** A frame with its bytes, the length in front included. */
export interface SeenFrame extends Frame {
  readonly bytes: Buffer;
}

/** A line between workers and one broker, on which everything can happen that happens to lines. */
export interface Wire {
  readonly port: number;
  /** Decides over every frame, in order; what it waits for holds up all that follows on the connection. */
  fate: ((frame: SeenFrame) => Fate | Promise<Fate>) | null;
  /** Each frame is delayed by a time between these, in milliseconds. */
  delayMs: readonly [min: number, max: number];
  /** Connections stay open and nothing passes any more, in both directions; new ones are ignored. */
  dead: boolean;
  /** Ends every connection at once. */
  cut(): void;
  close(): Promise<void>;
}

/** Cuts a stream into Kafka's frames: four bytes with the length, then that number of bytes. */
const frames = () => {
  let held: Buffer = Buffer.alloc(0);
  return (chunk: Buffer): readonly Buffer[] => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const found: Buffer[] = [];
    for (;;) {
      if (held.length < 4) return found;
      const length = 4 + held.readInt32BE(0);
      if (held.length < length) return found;
      found.push(held.subarray(0, length));
      held = held.subarray(length);
    }
  };
};

type Pass = (frame: SeenFrame) => Promise<Fate>;

/** Carries frames from one socket to the other, one after the other. */
const carry = (
  from: Socket,
  to: Socket,
  { pass, frameOf }: { readonly pass: Pass; readonly frameOf: (bytes: Buffer) => Frame },
): void => {
  const cutUp = frames();
  let before: Promise<void> = Promise.resolve();
  const hand = async (turn: Promise<void>, bytes: Buffer): Promise<void> => {
    const frame = { ...frameOf(bytes), bytes };
    await turn;
    const fate = await pass(frame);
    if (fate !== "drop" && to.writable) to.write(fate === "pass" ? bytes : fate);
  };
  from.on("data", (chunk: Buffer) => {
    for (const bytes of cutUp(chunk)) before = hand(before, bytes);
  });
  from.on("error", () => undefined);
  // What was received before the end is still delivered.
  from.on("close", () => void before.then(() => to.destroy()));
};

const join = (client: Socket, broker: Socket, pass: Pass): void => {
  const apiKeyOf = new Map<number, number>();
  carry(client, broker, {
    pass,
    frameOf: (bytes) => {
      const apiKey = bytes.readInt16BE(4);
      apiKeyOf.set(bytes.readInt32BE(8), apiKey);
      return { direction: "request", apiKey };
    },
  });
  carry(broker, client, {
    pass,
    frameOf: (bytes) => {
      const id = bytes.readInt32BE(4);
      const apiKey = apiKeyOf.get(id) ?? -1;
      apiKeyOf.delete(id);
      return { direction: "answer", apiKey };
    },
  });
};

/** Lays a line to a broker (host:port); it begins at a free port of this machine. */
export const openWire = async (address: string): Promise<Wire> => {
  const at = address.lastIndexOf(":");
  const to = { host: address.slice(0, at), port: Number(address.slice(at + 1)), noDelay: true };
  const sockets = new Set<Socket>();
  const pass: Pass = async (frame) => {
    const [min, max] = wire.delayMs;
    if (max > 0) await pause(min + Math.random() * (max - min));
    if (wire.dead) return "drop";
    return (await wire.fate?.(frame)) ?? "pass";
  };
  const server = createServer({ noDelay: true }, (client) => {
    const broker = connect(to);
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    join(client, broker, pass);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const wire: Wire = {
    port: (server.address() as AddressInfo).port,
    fate: null,
    delayMs: [0, 0],
    dead: false,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
  return wire;
};
