import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogUnavailableError } from "@hybrid/log";
import type { Listening } from "@hybrid/service";
import { pino } from "pino";
import { Registry } from "prom-client";
import { generate } from "selfsigned";
import { expect, onTestFinished, test } from "vitest";
import { type NotificationIngestParts, readIngestConfig, startNotificationIngest } from "../src/index.ts";
import { change, key, nora, now } from "./harness.ts";
import { createMemoryLog, type MemoryLog } from "./memory-log.ts";

const start = async (
  changes: Partial<NotificationIngestParts> = {},
): Promise<{ ingest: Listening; log: MemoryLog }> => {
  const log = createMemoryLog();
  const CLIENT_STATE_KEYS = Buffer.from(key).toString("base64url");
  const ingest = await startNotificationIngest({
    config: readIngestConfig({ CLIENT_STATE_KEYS, INGEST_PORT: "0", LOG_PARTITIONS: "8" }),
    log,
    clock: { now: () => now },
    metricsRegistry: new Registry(),
    logger: pino({ level: "silent" }),
    ...changes,
  });
  return { ingest, log };
};

const makeCertificate = async (): Promise<{ key: string; cert: string }> => {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  return { key: made.private, cert: made.cert };
};

const postOverTls = (url: string, ca: string, body: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const options = { method: "POST", ca, agent: false, headers: { "content-type": "application/json" } };
    request(url, options, (answer) => answer.resume().once("end", () => resolve(answer.statusCode)))
      .once("error", reject)
      .end(body);
  });

test("takes notifications on a port of its own until it is closed", async () => {
  const { ingest, log } = await start();
  const send = () =>
    fetch(`${ingest.url}/graph/notifications`, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({ value: [change(nora, "A")] }),
    });
  expect((await send()).status).toBe(202);
  expect(log.appends).toEqual([1]);
  await expect.poll(() => ingest.inFlight()).toBe(0);
  await ingest.close();
  await expect(send()).rejects.toThrow();
});

test("says why it is not ready: a log that does not answer, topics that are not there", async () => {
  const { ingest, log } = await start();
  onTestFinished(() => ingest.close());
  expect(await ingest.notReady()).toBeNull();
  log.failWith = new LogUnavailableError("no broker answers");
  expect(await ingest.notReady()).toBe("the log does not answer: no broker answers");
  log.failWith = new Error("a fault whose message quotes the secret");
  expect(await ingest.notReady()).toBe("the log does not answer: Error");
  log.failWith = undefined;
  log.topics = async () => [];
  expect(await ingest.notReady()).toBe(
    "the log lacks the topics calendar-changes, subscription-lifecycle, webex-events, " +
      "calendar-changes-dead, subscription-lifecycle-dead, webex-events-dead",
  );
});

test("closing waits for what is under way", async () => {
  const { ingest, log } = await start();
  log.hold();
  const sent = fetch(`${ingest.url}/graph/notifications`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ value: [change(nora, "A")] }),
  });
  await expect.poll(() => ingest.inFlight()).toBe(2);
  const closed = ingest.close();
  log.release();
  expect((await sent).status).toBe(202);
  await closed;
  expect(log.appends).toEqual([1]);
});

test("speaks TLS with a given certificate, and with one from files", async () => {
  const tls = await makeCertificate();
  const given = await start({ tls });
  expect(given.ingest.url).toMatch(/^https:\/\/localhost:\d+$/);
  expect(await postOverTls(`${given.ingest.url}/graph/notifications`, tls.cert, '{"value":[]}')).toBe(202);
  await given.ingest.close();

  const folder = await mkdtemp(join(tmpdir(), "ingest-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
  await writeFile(files.key, tls.key);
  await writeFile(files.cert, tls.cert);
  const config = readIngestConfig({
    CLIENT_STATE_KEYS: Buffer.from(key).toString("base64url"),
    INGEST_PORT: "0",
    INGEST_TLS_KEY_FILE: files.key,
    INGEST_TLS_CERT_FILE: files.cert,
  });
  const { ingest } = await start({ config });
  expect(await postOverTls(`${ingest.url}/graph/lifecycle`, tls.cert, '{"value":[]}')).toBe(202);
  await ingest.close();
});

test("what is not HTTP gets 400 and a closed connection, and is not logged", async () => {
  const lines: string[] = [];
  const { ingest } = await start({
    logger: pino({ level: "trace" }, { write: (line) => void lines.push(line) }),
  });
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(ingest.url).port), "127.0.0.1", () =>
      socket.write("SECRET nonsense\r\n\r\n"),
    );
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
    socket.once("error", reject).once("close", () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(lines.join("")).not.toMatch(/SECRET|rawPacket/);
  await ingest.close();
});
