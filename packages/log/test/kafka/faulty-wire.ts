import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { KafkaSocketFactory } from "../../src/index.ts";

/** Numbers of requests in Kafka's protocol. */
export const api = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  createTopics: 19,
  addPartitionsToTransaction: 24,
  endTransaction: 26,
} as const;

/** What becomes of an answer on its way: other bytes, nothing at all, or the end of the connection. */
export type Fate = Buffer | "swallow" | "cut";

/** One answer of a broker, as it stands on the wire behind its length. */
export interface Answer {
  readonly apiKey: number;
  readonly bytes: Buffer;
}

/** Cuts a stream into Kafka's frames: four bytes with a length, then that number of bytes. */
const frames = (take: (frame: Buffer) => void): ((chunk: Buffer) => void) => {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      take(rest.subarray(4, end));
      rest = rest.subarray(end);
    }
  };
};

const framed = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** The way between clients and the one broker, with somebody on it who decides over every answer. */
export interface FaultyWire {
  readonly socketFactory: KafkaSocketFactory;
  /** Connections made so far. */
  readonly connections: () => number;
}

const relay = (
  ends: { readonly client: Socket; readonly broker: Socket },
  decide: (answer: Answer) => Fate,
): void => {
  const { client, broker } = ends;
  const asked = new Map<number, number>();
  const cut = (): void => {
    client.destroy();
    broker.destroy();
  };
  for (const socket of [client, broker]) {
    socket.setNoDelay(true);
    socket.on("error", cut);
    socket.on("close", cut);
  }
  const seen = frames((frame) => void asked.set(frame.readInt32BE(4), frame.readInt16BE(0)));
  client.on("data", (chunk: Buffer) => {
    seen(chunk);
    broker.write(chunk);
  });
  const answered = frames((bytes) => {
    const fate = decide({ apiKey: asked.get(bytes.readInt32BE(0)) ?? -1, bytes });
    if (fate === "cut") cut();
    else if (fate !== "swallow" && !client.destroyed) client.write(framed(fate));
  });
  broker.on("data", answered);
};

/** Answers pass whole, one after the other, as `decide` says; requests pass untouched. Ends with the test. */
export const faultyWire = async (address: string, decide: (answer: Answer) => Fate): Promise<FaultyWire> => {
  const at = address.lastIndexOf(":");
  const to = { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    count++;
    const broker = connect(to);
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    relay({ client, broker }, decide);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return {
    socketFactory: ({ onConnect }) => connect({ host: "127.0.0.1", port }, onConnect),
    connections: () => count,
  };
};
