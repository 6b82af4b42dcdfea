import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

const ability = await canRunKafka();

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly err?: { readonly faults?: readonly string[]; readonly stack?: string };
}

/** Every line of an output; throws when one is not JSON. */
const linesOf = (output: string): readonly Line[] =>
  output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);

const settingsOf = async (brokerPort: number) => {
  const [port, healthPort] = [await freePort(), await freePort()];
  return {
    ingest: `http://127.0.0.1:${port}/graph/notifications`,
    health: `http://127.0.0.1:${healthPort}`,
    environment: {
      KAFKA_BROKERS: `127.0.0.1:${brokerPort}`,
      KAFKA_REPLICATION_FACTOR: "1",
      LOG_PARTITIONS: "2",
      INGEST_PORT: String(port),
      HEALTH_PORT: String(healthPort),
      KEY_ENCRYPTION_KEYS: Buffer.alloc(32, 8).toString("base64url"),
      CLIENT_STATE_KEYS: Buffer.alloc(32, 7).toString("base64url"),
    },
  };
};

const notify = (url: string): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ value: [{ clientState: "nobody" }] }),
  });

const up = ["up", "--service", "notification-ingest"];

test.skipIf(!ability.ok)(
  "ingest starts without a broker, answers Graph's handshake, and works when the broker comes",
  { timeout: 180_000 },
  async () => {
    /*
     * Goal: an outage of Kafka at a start costs Graph nothing but repetitions.
     * Method: a process is told of a port where no broker is; then one comes there, and nothing is restarted.
     */
    const port = await freePort();
    const { ingest, health, environment } = await settingsOf(port);
    const process = startHybrid(up, environment);
    onTestFinished(() => process.kill("SIGKILL"));
    await process.prints(/the log cannot be opened/);
    const handshake = await fetch(`${ingest}?validationToken=token-1`, { method: "POST" });
    expect([handshake.status, await handshake.text()]).toEqual([200, "token-1"]);
    expect((await notify(ingest)).status).toBe(503);
    const ready = await fetch(`${health}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { ready: false, waitingFor: [expect.stringContaining(`127.0.0.1:${port}`)] },
    ]);
    expect((await fetch(`${health}/healthz`)).status).toBe(200);

    const kafka = await startKafka({ port });
    onTestFinished(() => kafka.stop());
    await process.prints(/all services run/);
    expect((await fetch(`${health}/readyz`)).status).toBe(200);
    expect((await notify(ingest)).status).toBe(202);
    process.kill("SIGTERM");
    const { code, stdout, stderr } = await process.ended;
    expect([code, stderr]).toEqual([0, ""]);
    expect(linesOf(stdout).length).toBeGreaterThan(3);
  },
);

test("a process that waits for its broker ends in order on a signal", { timeout: 60_000 }, async () => {
  const { environment } = await settingsOf(await freePort());
  const process = startHybrid(up, environment);
  onTestFinished(() => process.kill("SIGKILL"));
  await process.prints(/the log cannot be opened/);
  process.kill("SIGTERM");
  const { code, stdout, stderr } = await process.ended;
  expect([code, stderr]).toEqual([0, ""]);
  expect(linesOf(stdout).at(-1)?.msg).toBe("stopped");
});

test("why a process does not start is one JSON line with every setting, and no stack", async () => {
  const refused = await hybrid(up, { HEALTH_PORT: "x", KAFKA_BROKER: "a:1" });
  expect([refused.code, refused.stderr]).toEqual([2, ""]);
  const [line, ...more] = linesOf(refused.stdout);
  expect(more).toEqual([]);
  expect(line).toMatchObject({ level: 60, msg: "hybrid up cannot start with this configuration" });
  expect(line?.err?.faults?.map((fault) => fault.split(":", 1)[0])).toEqual([
    "HEALTH_PORT",
    "CLIENT_STATE_KEYS",
    "KAFKA_BROKER",
  ]);
  expect(line?.err?.stack).toBeUndefined();
});

test("a health port that is taken is named by its setting", async () => {
  const { environment, health } = await settingsOf(await freePort());
  const first = startHybrid(up, environment);
  onTestFinished(() => first.kill("SIGKILL"));
  await first.prints(/the log cannot be opened/);
  const second = await hybrid(up, { ...environment, INGEST_PORT: "0" });
  expect(second.code).toBe(2);
  expect(linesOf(second.stdout).at(-1)?.err?.faults).toEqual([
    expect.stringMatching(`^HEALTH_PORT: another process listens there.*port ${new URL(health).port}`),
  ]);
});
