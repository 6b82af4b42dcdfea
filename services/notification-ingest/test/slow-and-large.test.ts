import { connect, createServer } from "node:net";
import { ConfigError } from "@hybrid/kernel";
import type { Listening } from "@hybrid/service";
import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { type IngestConfig, readIngestConfig, startNotificationIngest } from "../src/index.ts";
import { change, key, nora, now } from "./harness.ts";
import { createMemoryLog, type MemoryLog } from "./memory-log.ts";

const configOf = (changes: Partial<IngestConfig> = {}): IngestConfig => ({
  ...readIngestConfig({ CLIENT_STATE_KEYS: Buffer.from(key).toString("base64url"), INGEST_PORT: "0" }),
  partitionCount: 8,
  ...changes,
});

const start = async (
  changes: Partial<IngestConfig> = {},
): Promise<{ readonly ingest: Listening; readonly log: MemoryLog; readonly port: number }> => {
  const log = createMemoryLog();
  const ingest = await startNotificationIngest({
    config: configOf(changes),
    log,
    clock: { now: () => now },
    metricsRegistry: new Registry(),
    logger: pino({ level: "silent" }),
  });
  onTestFinished(() => ingest.close());
  return { ingest, log, port: Number(new URL(ingest.url).port) };
};

const head = (framing: string): string =>
  `POST /graph/notifications HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;

/** What a test is ready to send at most. */
const pouredBytesMax = 200_000_000;

/** Writes to the service until it closes the connection, and tells what came back and how much was taken. */
const pour = (
  port: number,
  first: string,
  more: Buffer | null,
): Promise<{ answer: string; written: number }> =>
  new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(first);
      if (more !== null) fill(more);
    });
    const fill = (chunk: Buffer): void => {
      let takes = true;
      while (takes && socket.bytesWritten + socket.writableLength < pouredBytesMax)
        takes = socket.write(chunk);
    };
    if (more !== null) socket.on("drain", () => fill(more));
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("utf8");
    });
    // A connection that is closed while we write ends in an error here; only what came back matters.
    socket.on("error", () => undefined);
    socket.once("close", () => resolve({ answer, written: socket.bytesWritten }));
  });

const sendGood = async (ingest: Listening): Promise<number> => {
  const answer = await fetch(`${ingest.url}/graph/notifications`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ value: [change(nora, "A")] }),
  });
  return answer.status;
};

const chunk = Buffer.from(`10000\r\n${" ".repeat(0x10000)}\r\n`);

test("a body of 10 MB is refused by its announced length, and the next request is served", async () => {
  const { ingest, log, port } = await start();
  const { answer } = await pour(port, head("Content-Length: 10485760"), null);
  expect(answer).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
  expect(log.appends).toEqual([]);
  expect(await sendGood(ingest)).toBe(202);
});

test.each([
  ["at the limit", "X: y", "413"],
  ["at once when it is packed", "Content-Encoding: gzip", "415"],
  ["at once when it is no JSON", "Content-Type: text/plain", "415"],
])(
  "a body without end is cut off %s, not collected, and the next request is served",
  async (_, header, status) => {
    const { ingest, log, port } = await start();
    const before = process.memoryUsage();
    const first = head(`Transfer-Encoding: chunked\r\n${header}`).replace(
      header.startsWith("Content-Type") ? "Content-Type: application/json\r\n" : "\0",
      "",
    );
    const { answer, written } = await pour(port, first, chunk);
    const after = process.memoryUsage();
    // What the kernel holds counts as written; nearly all of the 200 MB that were ready was not taken.
    expect(written).toBeLessThan(40_000_000);
    expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(
      60_000_000,
    );
    // A client that still writes when the connection is closed may never see the answer.
    expect(answer === "" ? `HTTP/1.1 ${status}` : answer).toContain(`HTTP/1.1 ${status}`);
    expect(log.appends).toEqual([]);
    expect(await sendGood(ingest)).toBe(202);
  },
);

test.each([
  ["chunks that stop coming", head("Transfer-Encoding: chunked") + "5\r\n{    \r\n"],
  ["a body shorter than announced", `${head("Content-Length: 100")}{`],
  ["a head that does not end", "POST /graph/notifications HTTP/1.1\r\nHost: x\r\n"],
])("%s end in 408 and a closed connection, and hold nothing", async (_, text) => {
  const { ingest, log, port } = await start({ requestTimeoutMs: 200 });
  const { answer } = await pour(port, text, null);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  await expect.poll(() => ingest.inFlight()).toBe(0);
  expect(log.appends).toEqual([]);
  expect(await sendGood(ingest)).toBe(202);
});

test("a head that is too long is 431", async () => {
  const { port } = await start();
  const { answer } = await pour(port, head(`X: ${"x".repeat(100_000)}`), null);
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
});

test("requests beyond the bound are refused unread, but the handshake is answered", async () => {
  const { ingest, port } = await start({ requestsMax: 2 });
  const held = [1, 2].map(() => connect(port, "127.0.0.1").on("error", () => undefined));
  for (const socket of held) socket.write(`${head("Content-Length: 100")}{`);
  await expect.poll(() => ingest.inFlight()).toBe(2);
  expect(await sendGood(ingest)).toBe(503);
  const handshake = `${ingest.url}/graph/notifications?validationToken=token-1`;
  expect(await (await fetch(handshake, { method: "POST" })).text()).toBe("token-1");
  for (const socket of held) socket.destroy();
  await expect.poll(() => ingest.inFlight()).toBe(0);
  expect(await sendGood(ingest)).toBe(202);
});

const faultsOf = async (config: IngestConfig): Promise<readonly string[]> => {
  const parts = { log: createMemoryLog(), clock: { now: () => now }, metricsRegistry: new Registry() };
  const starting = startNotificationIngest({ ...parts, config, logger: pino({ level: "silent" }) });
  const error: unknown = await starting.then(
    (ingest) => ingest.close(),
    (reason: unknown) => reason,
  );
  return error instanceof ConfigError ? error.faults : [String(error)];
};

test("a port that is taken is named with its variable", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(await faultsOf(configOf({ port }))).toEqual([
    `INGEST_PORT: another process listens there; give each process of this machine its own (127.0.0.1, port ${port})`,
  ]);
  other.close();
});
