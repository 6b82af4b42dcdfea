import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openBroker } from "../../src/kafka/client/kafkajs.ts";
import type { KafkajsConnection } from "../../src/kafka/client/kafkajs-shapes.ts";
import type { KafkaSocketFactory } from "../../src/kafka/settings.ts";
import { produceBound, produceRequest } from "../../src/kafka/wire/produce-request.ts";
import { frameRequest } from "../../src/kafka/wire/request-frame.ts";
import { fromKafkajs } from "../kafka-wire/batches.ts";

const framingPath = "kafkajs/src/protocol/request";
const connectionPath = "kafkajs/src/network/connection";
const { cache, resolve } = fromKafkajs as unknown as NodeJS.Require;

let server: Server;
let arrived: Buffer[];

/** Answers every Produce as if it had had no partitions. */
const answer = (socket: Socket): void => {
  let waiting = Buffer.alloc(0);
  socket.on("data", (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE(0)) {
      const frame = waiting.subarray(0, 4 + waiting.readInt32BE(0));
      waiting = waiting.subarray(frame.length);
      arrived.push(frame);
      const reply = Buffer.alloc(16);
      reply.writeInt32BE(12, 0);
      frame.copy(reply, 4, 8, 12);
      socket.write(reply);
    }
  });
};

beforeEach(async () => {
  arrived = [];
  server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  server.close();
  await once(server, "close");
});

/** Real sockets, whose settings and writes are noted. */
const watchedSocket = () => {
  const sockets: Socket[] = [];
  const socketFactory: KafkaSocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect);
    for (const method of ["setNoDelay", "write"] as const) vi.spyOn(socket, method);
    sockets.push(socket);
    return socket;
  };
  const argumentsOf = (method: "setNoDelay" | "write"): readonly unknown[] =>
    sockets.flatMap((socket) => vi.mocked(Reflect.get(socket, method)).mock.calls.map(([first]) => first));
  return {
    socketFactory,
    noDelay: () => argumentsOf("setNoDelay"),
    writes: () => argumentsOf("write") as readonly Buffer[],
  };
};

const addressOf = (socketFactory: KafkaSocketFactory) => ({
  host: "127.0.0.1",
  port: (server.address() as AddressInfo).port,
  clientId: "hybrid-é",
  requestTimeout: 4_000,
  connectionTimeout: 4_000,
  socketFactory,
});

/** A Produce of one record in memory of its own. */
const produceOf = (key: string) => {
  const batch = { records: [{ key, value: Buffer.from("v"), timestamp: 1_000 }], producer: null };
  const topics = [{ topic: "orders", partitions: [{ partition: 3, batch }] }];
  const into = Buffer.allocUnsafeSlow(produceBound(topics));
  const call = produceRequest({ transactionalId: "t", timeoutMs: 20_000, topics, into });
  return { into, call };
};

/** What kafkajs itself would send. */
const theirs = async (key: string, correlationId: number): Promise<Buffer> => {
  const { request } = produceOf(key).call;
  return (await fromKafkajs(framingPath)({ request, correlationId, clientId: "hybrid-é" })).buffer;
};

test("a connection sends kafkajs's own bytes, without a copy and without delay", async () => {
  const { noDelay, writes, socketFactory } = watchedSocket();
  const { connection } = openBroker(addressOf(socketFactory));
  await connection.connect();
  try {
    expect(noDelay()).toStrictEqual([true]);
    const requests = [produceOf("a"), produceOf("é".repeat(500))];
    for (const { call } of requests) expect(await connection.send(call)).toStrictEqual([]);
    expect(arrived).toStrictEqual([await theirs("a", 0), await theirs("é".repeat(500), 1)]);
    expect(writes()).toHaveLength(2);
    for (const [at, { into }] of requests.entries()) expect(writes()[at]?.buffer).toBe(into.buffer);
  } finally {
    await connection.disconnect();
  }
});

test("everybody else's connections stay as kafkajs makes them", async () => {
  const [framing, Ordinary] = [fromKafkajs(framingPath), fromKafkajs(connectionPath)];
  const { writes, socketFactory } = watchedSocket();
  expect(openBroker(addressOf(socketFactory)).connection).not.toBeInstanceOf(Ordinary);
  expect(fromKafkajs(framingPath)).toBe(framing);
  expect(framing).not.toBe(frameRequest);
  expect(fromKafkajs(connectionPath)).toBe(Ordinary);
  const quiet = { debug: () => undefined, error: () => undefined };
  const logger = { namespace: () => quiet };
  const connection = new Ordinary({ ...addressOf(socketFactory), logger }) as KafkajsConnection;
  await connection.connect();
  try {
    const { into, call } = produceOf("a");
    expect(await connection.send(call)).toStrictEqual([]);
    expect(arrived).toStrictEqual([await theirs("a", 0)]);
    expect(writes()).toHaveLength(1);
    expect(writes()[0]?.buffer === into.buffer).toBe(false);
  } finally {
    await connection.disconnect();
  }
});

/** The driver's module as a process that starts has it: nothing of kafkajs taken yet. */
const freshDriver = async (name: string): Promise<{ openBroker: typeof openBroker }> => {
  const path = `${new URL("../../src/kafka/client/kafkajs.ts", import.meta.url).pathname}?${name}`;
  return (await import(path)) as { openBroker: typeof openBroker };
};

test("loading the driver leaves kafkajs's modules in place when somebody has them already", async () => {
  const ids = [resolve(framingPath), resolve(connectionPath)];
  fromKafkajs(connectionPath);
  const before = ids.map((id) => cache[id]);
  expect(before).not.toContain(undefined);
  const fresh = await freshDriver("after");
  const { connection } = fresh.openBroker(addressOf(watchedSocket().socketFactory));
  // It was loaded indeed: its class is neither the ordinary one nor the one loaded first.
  expect(connection).not.toBeInstanceOf(
    openBroker(addressOf(watchedSocket().socketFactory)).connection.constructor,
  );
  for (const [at, id] of ids.entries()) expect(cache[id]).toBe(before[at]);
});

test("loading the driver first leaves nothing of ours for code that loads kafkajs later", async () => {
  const ids = [resolve(framingPath), resolve(connectionPath)];
  fromKafkajs(connectionPath);
  const before = ids.map((id) => cache[id]);
  for (const id of ids) Reflect.deleteProperty(cache, id);
  try {
    const fresh = await freshDriver("before");
    const { connection } = fresh.openBroker(addressOf(watchedSocket().socketFactory));
    expect(fromKafkajs(framingPath)).not.toBe(frameRequest);
    expect(connection).not.toBeInstanceOf(fromKafkajs(connectionPath));
    expect(cache[resolve(connectionPath)]).not.toBe(before[1]);
  } finally {
    for (const [at, id] of ids.entries()) cache[id] = before[at];
  }
});

test("a connection that many requests take down at once gathers no listeners on its socket", async () => {
  const sockets: Socket[] = [];
  const { connection, broker } = openBroker(
    addressOf(({ host, port, onConnect }) => {
      const socket = connect({ host, port }, onConnect);
      sockets.push(socket);
      return socket;
    }),
  );
  await connection.connect();
  const [socket] = sockets;
  const ends = Array.from({ length: 20 }, () => connection.disconnect());
  socket?.destroy();
  await Promise.all(ends);
  for (let each = 0; each < 20; each++) await connection.disconnect();
  expect(broker).toBeDefined();
  expect(socket?.listenerCount("connect")).toBeLessThan(3);
});
