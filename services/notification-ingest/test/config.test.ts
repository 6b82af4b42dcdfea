import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import { readIngestConfig } from "../src/index.ts";

const keyText = (byte: number, length = 32): string => Buffer.alloc(length, byte).toString("base64url");

const faultsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readIngestConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

test("needs nothing but keys", () => {
  expect(readIngestConfig({ CLIENT_STATE_KEYS: `${keyText(1)},${keyText(2)}` })).toEqual({
    host: "127.0.0.1",
    port: 8_443,
    notificationPath: "/graph/notifications",
    lifecyclePath: "/graph/lifecycle",
    webexPath: "/webex/webhooks",
    bodyBytesMax: 1_048_576,
    appendsMax: 64,
    appendTimeoutMs: 2_500,
    requestsMax: 512,
    requestTimeoutMs: 30_000,
    anonymousDeadLettersPerMinute: 120,
    tls: null,
    clientStateKeys: [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)],
    partitionCount: 48,
  });
});

test("names every fault at once, and no secret", () => {
  const faults = faultsOf({
    CLIENT_STATE_KEYS: `${keyText(1)},${keyText(2, 8)}`,
    INGEST_PORT: "70000",
    INGEST_NOTIFICATION_PATH: "no-slash",
    LOG_PARTITIONS: "many",
  });
  expect(new Set(faults.map((fault) => fault.split(":", 1)[0]))).toEqual(
    new Set(["CLIENT_STATE_KEYS", "INGEST_NOTIFICATION_PATH", "INGEST_PORT", "LOG_PARTITIONS"]),
  );
  expect(faults.join()).toContain("at least 32 bytes");
  expect(faults.join()).not.toContain(keyText(2, 8));
});

test("refuses missing keys and keys that are no base64url", () => {
  expect(faultsOf({})[0]).toMatch(/^CLIENT_STATE_KEYS: must be set, or CLIENT_STATE_KEYS_FILE/);
  expect(faultsOf({ CLIENT_STATE_KEYS: "not base64url!" })[0]).toContain("base64url");
});

test("TLS files that cannot be read, used or go alone are named by their variables, never by their content", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ingest-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = {
    CLIENT_STATE_KEYS: keyText(1),
    INGEST_TLS_KEY_FILE: join(folder, "key.pem"),
    INGEST_TLS_CERT_FILE: join(folder, "cert.pem"),
  };
  expect(faultsOf(files)).toEqual([
    expect.stringMatching(/^INGEST_TLS_KEY_FILE: .*key\.pem cannot be read \(ENOENT\)$/),
    expect.stringMatching(/^INGEST_TLS_CERT_FILE: .*cert\.pem cannot be read \(ENOENT\)$/),
  ]);
  await writeFile(files.INGEST_TLS_KEY_FILE, "SECRET");
  await writeFile(files.INGEST_TLS_CERT_FILE, "-----BEGIN CERTIFICATE-----\nSECRET\n");
  expect(faultsOf(files)).toEqual([
    "INGEST_TLS_KEY_FILE: what the file holds is no PEM, which begins with -----BEGIN",
  ]);
  await writeFile(files.INGEST_TLS_KEY_FILE, "-----BEGIN PRIVATE KEY-----\nSECRET\n");
  const faults = faultsOf(files).join();
  expect(faults).toMatch(/^INGEST_TLS_KEY_FILE and INGEST_TLS_CERT_FILE: are not a PEM key/);
  expect(faults).not.toContain("SECRET");
  const { INGEST_TLS_KEY_FILE: _, ...half } = files;
  expect(faultsOf(half)).toEqual(["INGEST_TLS_KEY and INGEST_TLS_CERT_FILE: TLS needs both or neither"]);
});

test.each(["", " ", "0x10", "1e3", "-1", "8443.5", "many", "99999999999999999999"])(
  "a number that is written as %j is refused by the variable's name and not guessed at",
  (text) => {
    const faults = faultsOf({ CLIENT_STATE_KEYS: keyText(1), INGEST_PORT: text });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^INGEST_PORT: (is empty|must be a whole number from 0 to 65535)/);
  },
);
