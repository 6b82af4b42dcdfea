import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { topicSettings, type UserStatus, userStatus } from "@hybrid/contracts";
import { instant, partitionOfKey } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type LogPlace, openLog } from "../src/log-place.ts";
import { folder } from "./clouds.ts";
import { startHybrid } from "./run-hybrid.ts";

const root = join(import.meta.dirname, "../../..");
const run = promisify(execFile);
const ability = await canRunKafka();
const partitions = 2;

/** A copy of the repository, in which the document is followed. */
let copy = "";

const main = (): string => join(copy, "services/hybrid/src/main.ts");
const textOf = (path: string): Promise<string> => readFile(join(copy, path), "utf8");
const node = (...args: readonly string[]) =>
  run(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], { cwd: copy });

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(copy, path)), { recursive: true });
  await writeFile(join(copy, path), text);
};

/** Blocks of the document behind a line that `begins` so and names a file. */
const blocks = (document: string, begins: string): readonly (readonly [string, string])[] =>
  [...document.matchAll(new RegExp(`^${begins}\`([\\w./-]+)\`:\n\n\`\`\`\\w+\n(.*?)\n\`\`\`$`, "gms"))].map(
    ([, path = "", text = ""]) => [path, text] as const,
  );

const only = <Item>(items: readonly Item[]): readonly [Item] => {
  const [item, ...more] = items;
  if (item === undefined || more.length > 0) throw new Error(`${items.length} blocks instead of one`);
  return [item];
};

/** As `pnpm install` links packages of the workspace. */
const link = async (user: string, name: string, target: string): Promise<void> => {
  const at = join(copy, user, "node_modules", name);
  await mkdir(dirname(at), { recursive: true });
  await symlink(relative(dirname(at), join(copy, target)), at);
};

const follow = async (document: string): Promise<void> => {
  const files = blocks(document, "");
  expect(files.length).toBeGreaterThan(7);
  for (const [path, text] of files) await write(path, `${text}\n`);
  const [[manifest, dependency]] = only(blocks(document, "In `dependencies` of "));
  const [[list, line]] = only(blocks(document, "At the end of "));
  await write(
    manifest,
    (await textOf(manifest)).replace('"dependencies": {', `"dependencies": {${dependency}`),
  );
  await write(list, `${await textOf(list)}${line}\n`);
  expect([dependency, line].map((each) => each.split("\n").length)).toEqual([1, 1]);
  await link("services/hybrid", "@hybrid/tally", "services/tally");
  for (const name of ["contracts", "kernel", "service", "settings", "view"])
    await link("services/tally", `@hybrid/${name}`, `packages/${name}`);
};

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "hybrid-ninth-"));
  const parts = ["packages", "services", "tools", "docs", "package.json", "tsconfig.base.json"];
  for (const part of [...parts, "docker-compose.yml", "pnpm-workspace.yaml"])
    await cp(join(root, part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  await follow(await textOf("docs/ADDING-A-SERVICE.md"));
  await node("tools/src/generate-docs.ts");
  await node("services/hybrid/src/main.ts", "settings", "--write", ".");
}, 120_000);
afterAll(() => rm(copy, { recursive: true, force: true }));

test("what the document says has right types", { timeout: 120_000 }, async () => {
  await write(
    "tally.tsconfig.json",
    JSON.stringify({ extends: "./tsconfig.base.json", include: ["services/tally/src"] }),
  );
  const { stdout } = await run(join(root, "node_modules/.bin/tsc"), ["-p", "tally.tsconfig.json"], {
    cwd: copy,
  });
  expect(stdout).toBe("");
});

test("the service appears in help, topics, rights, settings and docker-compose.yml", async () => {
  const { stdout: help } = await node("services/hybrid/src/main.ts", "up", "--help");
  expect(help).toContain("Counts how often each user changed state.");
  expect(help).toContain("TALLY_SHOWN_MAX");
  const topics = await textOf("docs/TOPICS.md");
  expect(topics).toMatch(/^\| `user-tallies` \|.*\| `tally` \| `tally` \|$/m);
  expect(topics).toContain("| `tally-journal` |");
  const rights = (await textOf("docs/ACCESS.md")).split("\n## ").find((each) => each.startsWith("tally\n"));
  expect(rights).toMatch(/\| READ \| topic \|.*`user-status`.*`user-tallies`/);
  expect(await textOf("docs/SETTINGS.md")).toContain("| `TALLY_SHOWN_MAX` |");
  expect(await textOf("docs/examples/hybrid.env")).toContain("#TALLY_SHOWN_MAX=10");
  const compose = (await textOf("docker-compose.yml"))
    .split(/^ {2}(?=\w)/m)
    .find((each) => each.startsWith("tally:"));
  expect(compose).toContain("command: [up, --service, tally]");
  expect(compose).toContain('API_PORT: "8080"');
  expect(await textOf("packages/contracts/golden/user-tallies/v1-typical.json")).toContain('"changes"');
});

const status = (from: UserStatus["from"], to: UserStatus["to"]): UserStatus => ({
  transition: 1,
  from,
  to,
  cause: "enabled",
  reason: null,
  failures: 0,
  nextTryAt: null,
  subscriptionId: null,
  expiresAt: null,
  tenantId: "tenant",
  objectId: "object",
  mailAddress: "user@acme.example",
  settings: { webexKeyword: "personalRoom", meetKeyword: "space", language: null },
  at: 1,
});

const addressIn = (printed: string, name: string): string =>
  new RegExp(`"${name}":"(?<url>[^"]+)"`).exec(printed)?.groups?.["url"] ?? "";

const until = async <Seen>(look: () => Promise<Seen>, holds: (seen: Seen) => boolean): Promise<Seen> => {
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
  }
};

/** Runs the service, gives it two users, and looks at everything that it shows. */
const works = async (environment: Readonly<Record<string, string>>, place: LogPlace): Promise<void> => {
  const common = { ...environment, LOG_PARTITIONS: String(partitions), HEALTH_PORT: "0", API_PORT: "0" };
  const running = startHybrid(["up", "--service", "tally"], common, main());
  onTestFinished(() => running.kill("SIGKILL"));
  const printed = await running.prints(/all services run/);
  const [health, api] = [addressIn(printed, "health"), addressIn(printed, "tally")];
  const log = await openLog(place, { clock: systemScheduler() });
  try {
    await log.createTopics([topicSettings(userStatus, partitions)]);
    const record = (key: string, value: UserStatus) => ({
      topic: userStatus.name,
      partition: partitionOfKey(key, partitions),
      key,
      value: userStatus.encode(value),
      timestamp: instant(Date.now()),
    });
    await log.append([
      record("acme/u-1", status("notActivated", "active")),
      record("acme/u-1", status("active", "active")),
      record("acme/u-2", status("notActivated", "error")),
      record("acme/u-2", status("error", "active")),
    ]);
  } finally {
    await log.close();
  }
  const wanted = [
    { key: "acme/u-2", changes: 2 },
    { key: "acme/u-1", changes: 1 },
  ];
  const top = async (): Promise<string> => (await fetch(`${api}/tally/top`)).text();
  expect(JSON.parse(await until(top, (text) => text === JSON.stringify(wanted)))).toEqual(wanted);
  expect((await fetch(`${health}/healthz`)).status).toBe(200);
  expect((await fetch(`${health}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${health}/metrics`)).text();
  expect(metrics).toContain(`hybrid_partitions{service="tally",state="running"} ${partitions}`);
  expect(metrics).toContain('hybrid_view_ready{view="tally-tallies"} 1');
  running.kill("SIGTERM");
  expect((await running.ended).code).toBe(0);
};

test("the service runs on the embedded log", { timeout: 120_000 }, async () => {
  const data = await folder();
  await works({ HYBRID_DATA_DIR: data }, { kind: "embedded", path: join(data, "hybrid.log.sqlite") });
});

test.skipIf(!ability.ok)("the service runs on Kafka", { timeout: 180_000 }, async () => {
  const kafka = await startKafka();
  onTestFinished(() => kafka.stop());
  const data = await folder();
  await works(
    {
      HYBRID_DATA_DIR: data,
      KAFKA_BROKERS: kafka.brokers.join(","),
      KEY_ENCRYPTION_KEYS: Buffer.alloc(32, 8).toString("base64url"),
    },
    { kind: "kafka", brokers: kafka.brokers, clientId: "test" },
  );
});
