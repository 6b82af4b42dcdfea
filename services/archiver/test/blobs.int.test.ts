import { type ChildProcess, spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterEach, expect, test } from "vitest";
import { azureBlobs } from "../src/adapters/azure-blobs.ts";
import { fileBlobs } from "../src/adapters/file-blobs.ts";
import type { BlobStore } from "../src/adapters/ports.ts";
import { sealedBlobs } from "../src/adapters/sealed-blobs.ts";
import { temporaryFolder } from "./world.ts";

const signal = AbortSignal.timeout(60_000);
const key = new Uint8Array(32).fill(3);
const main = fileURLToPath(import.meta.resolve("azurite/dist/src/blob/main.js"));

let child: ChildProcess | undefined;
let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
afterEach(async () => {
  if (child) {
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child.kill();
    await ended;
  }
  await folder?.remove();
  child = undefined;
  folder = undefined;
});

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
};

/** Azurite's own account, which its documentation publishes. */
const accountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

const startAzurite = async (): Promise<string> => {
  folder = await temporaryFolder();
  const port = await freePort();
  const args = ["--blobPort", String(port), "--location", folder.path, "--silent", "--skipApiVersionCheck"];
  const started = spawn(process.execPath, [main, ...args, "--disableTelemetry"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  await new Promise<void>((resolve, reject) => {
    started.once("exit", (code) => reject(new Error(`Azurite ended with ${code}`)));
    started.stdout?.on("data", (said: Buffer) => {
      if (said.includes("successfully")) resolve();
    });
  });
  const endpoint = `http://127.0.0.1:${port}/devstoreaccount1`;
  return `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${accountKey};BlobEndpoint=${endpoint};`;
};

const keeps = async (bare: BlobStore): Promise<void> => {
  const store = sealedBlobs(bare, key);
  const place = "acme/e1.main.1/mail";
  const bytes = Buffer.from("what was said".repeat(1_000));
  expect(await store.get(place, signal)).toBeNull();
  await store.delete(place, signal);
  await store.put(place, Buffer.from("earlier"), signal);
  await store.put(place, bytes, signal);
  expect(await store.get(place, signal)).toEqual(bytes);
  const sealed = await bare.get(place, signal);
  expect(sealed?.includes("what was said")).toBe(false);
  // Neither another key nor another place opens it, nor does it open when a bit is changed.
  await bare.put("acme/e2.main.1/mail", sealed ?? Buffer.alloc(0), signal);
  await expect(store.get("acme/e2.main.1/mail", signal)).rejects.toMatchObject({ code: "unexpected" });
  await expect(sealedBlobs(bare, new Uint8Array(32)).get(place, signal)).rejects.toMatchObject({
    code: "unexpected",
  });
  if (sealed) sealed[40] = (sealed[40] ?? 0) ^ 1;
  await bare.put(place, sealed ?? Buffer.alloc(0), signal);
  await expect(store.get(place, signal)).rejects.toMatchObject({ code: "unexpected" });
  await store.delete(place, signal);
  expect(await store.get(place, signal)).toBeNull();
};

test("a folder keeps ciphertext, replaces and deletes it, and takes no place outside itself", async () => {
  folder = await temporaryFolder();
  const bare = fileBlobs(folder.path);
  await keeps(bare);
  await bare.delete("acme/e2.main.1/mail", signal);
  await bare.delete("acme/e2.main.1/mail", signal);
  expect(await readdir(join(folder.path, "acme"))).toEqual([]);
  for (const place of ["../x", "a//b", "/a", "a/../b", ".hidden", ""])
    await expect(bare.put(place, Buffer.alloc(1), signal)).rejects.toMatchObject({ code: "invalidRequest" });
});

test("Azure Blob Storage keeps ciphertext, replaces and deletes it", async () => {
  const connection = await startAzurite();
  await keeps(azureBlobs(connection, "hybrid-archive"));
  const names: string[] = [];
  const container = BlobServiceClient.fromConnectionString(connection).getContainerClient("hybrid-archive");
  for await (const { name } of container.listBlobsFlat()) names.push(name);
  expect(names).toEqual(["acme/e2.main.1/mail"]);
});

test("a storage account that is away is tried again later", async () => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}/devstoreaccount1`;
  const away = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${accountKey};BlobEndpoint=${endpoint};`;
  await expect(azureBlobs(away, "x-y-z").get("a", signal)).rejects.toMatchObject({
    code: "unavailable",
    retryable: true,
  });
});
