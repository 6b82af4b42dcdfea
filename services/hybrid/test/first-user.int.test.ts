import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import { folder, freePort } from "./clouds.ts";

const root = join(import.meta.dirname, "../../..");
const document = readFileSync(join(root, "docs/FIRST-USER.md"), "utf8");
const blocks = [...document.matchAll(/^```sh\n(?<command>.*?)\n```$/gms)].map(
  ({ groups }) => groups?.["command"] ?? "",
);

/** Ends a command and what it has started. */
const end = (child: ChildProcess): void => {
  if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
};

/**
 * A terminal in which the commands run as they stand in the document, but for `npx pnpm@12 hybrid`, which is
 * this checkout's `hybrid`, and for ports and the folder, so that several tests run beside each other.
 */
const terminal = async (more: Readonly<Record<string, string>>) => {
  const at = await folder();
  const [ingest, health, control] = [await freePort(), await freePort(), await freePort()];
  const hybrid = `'${process.execPath}' --disable-warning=ExperimentalWarning -- '${join(root, "services/hybrid/src/main.ts")}'`;
  const ports = `--graph-port 0 --webex-port 0 --proxy-port 0 --control-port ${control}`;
  const environment = {
    PATH: process.env["PATH"],
    INGEST_PORT: String(ingest),
    HUB_PORT: "0",
    PUBLIC_URL: `https://localhost:${ingest}`,
    API_PORT: "0",
    HEALTH_PORT: String(health),
    HYBRID_HEALTH_URL: `http://127.0.0.1:${health}`,
    ...more,
  };
  const start = (written: string): { readonly child: ChildProcess; readonly said: () => string } => {
    const command = written
      .replace("hybrid simulate", `hybrid simulate ${ports}`)
      .replace("npx pnpm@12 hybrid", hybrid)
      .replace("localhost:9545", `localhost:${control}`)
      .replace("127.0.0.1:9400", `127.0.0.1:${health}`);
    const child = spawn("bash", ["--norc", "--noprofile", "-c", command], {
      cwd: at,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => end(child));
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (piece: string) => void (text += piece));
    return { child, said: () => text };
  };
  return {
    /** A command that goes on, as soon as it says that it runs. */
    keeps: async (command: string, runs: RegExp): Promise<void> => {
      const { child, said } = start(command);
      await new Promise<void>((resolve, reject) => {
        const look = (): void => void (runs.test(said()) && resolve());
        child.stdout?.on("data", look);
        child.once("close", () => reject(new Error(`it ended: ${command}\n${said()}`)));
      });
    },
    /** What a command says that comes to its end, which must be a good one. */
    says: async (command: string): Promise<string> => {
      const { child, said } = start(command);
      const code = await new Promise((resolve) => child.once("close", resolve));
      if (code !== 0) throw new Error(`exit code ${String(code)}: ${command}\n${said()}`);
      return said();
    },
  };
};

const blockWith = (part: string): string => {
  const found = blocks.filter((block) => block.includes(part));
  if (found.length !== 1) throw new Error(`the document has ${found.length} commands with ${part}`);
  return found[0] ?? "";
};

const walk = async (more: Readonly<Record<string, string>>): Promise<void> => {
  const { keeps, says } = await terminal(more);
  await keeps(blockWith("hybrid simulate"), /The simulators run/);
  await keeps(blockWith(" up"), /all services run/);
  expect(await says(blockWith("users import"))).toContain("created 3, changed 0, unchanged 0, refused 0");
  expect(await says(blockWith("tenants authorize"))).toContain("authorised tenant");
  let list = "";
  while ((list.match(/\tactive\t/g) ?? []).length < 3) list = await says(blockWith("users list"));
  expect(list).toMatch(/^user\tstate/);
  expect(await says(blockWith("Weekly"))).toContain('"subject":"Weekly"');
  const look = blocks.find((block) => block.endsWith("/events")) ?? "";
  while (!(await says(look)).includes("contoso.webex.com")) expect(look).toContain("curl");
  expect(JSON.parse(await says(blockWith("readyz")))).toMatchObject({ ready: true });
  expect(await says(blockWith("parked list"))).toContain("service\tactor");
};

test("the document has ten commands, and each is one that this test runs", () => {
  const first = ["npx pnpm@12 install"];
  expect(blocks).toHaveLength(10);
  expect(blocks.filter((block) => !/hybrid|curl/.test(block))).toEqual(first);
});

test(
  "its commands lead from nothing to the first Active user on the embedded log",
  { timeout: 240_000 },
  () => walk({}),
);

const ability = await canRunKafka();

test.skipIf(!ability.ok)("the same commands do on Kafka", { timeout: 300_000 }, async () => {
  const kafka = await startKafka();
  onTestFinished(() => kafka.stop());
  const said = /^export (?<variables>KAFKA_BROKERS=.*)$/m.exec(document)?.groups?.["variables"] ?? "";
  const variables = Object.fromEntries(said.split(" ").map((one) => one.split("=") as [string, string]));
  expect(Object.keys(variables)).toEqual([
    "KAFKA_BROKERS",
    "KAFKA_REPLICATION_FACTOR",
    "KEY_ENCRYPTION_KEYS_FILE",
  ]);
  const keys = join(await folder(), "keys");
  await writeFile(keys, Buffer.alloc(32, 8).toString("base64"));
  await walk({
    ...variables,
    KEY_ENCRYPTION_KEYS_FILE: keys,
    KAFKA_BROKERS: kafka.brokers.join(","),
    LOG_PARTITIONS: "4",
  });
});
