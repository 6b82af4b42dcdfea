import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { expect, onTestFinished, test } from "vitest";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

interface Row {
  readonly user: string;
  readonly to: string;
}

test("an organisation is run from the command line: up, connect, import, list, stop", {
  timeout: 240_000,
}, async () => {
  /*
   * Goal: what README and help promise works on real clocks and real processes.
   * Method: both clouds simulated in this process; each command is a process of its own on one log file.
   */
  const at = await folder();
  const { graph, environment } = await clouds(at);
  const hubKey = Buffer.alloc(32, 7).toString("base64");
  const up = startHybrid(["up"], { ...environment, HUB_SIGN_IN_KEY: hubKey });
  onTestFinished(() => up.kill("SIGKILL"));
  const printed = await up.prints(/all services run/);
  const health = /"health":"(?<url>[^"]+)"/.exec(printed)?.groups?.["url"] ?? "";
  expect((await fetch(`${health}/readyz`)).status).toBe(200);

  const people = ["objectId,tenantId,mailAddress,userId"];
  for (const n of [1, 2, 3]) people.push(`${objectIdOf(n)},${tenantId},user${n}@acme.example,${n}`);
  await writeFile(join(at, "people.csv"), `${people.join("\n")}\nnobody,${tenantId},nobody,4\n`);
  const imported = await hybrid(["users", "import", join(at, "people.csv"), "--org", "acme"], environment);
  expect(imported.stdout).toMatch(/created 3, changed 0, unchanged 0, refused 1/);
  expect(imported.stdout).toMatch(/5\tobjectId/);
  expect(imported.code).toBe(1);
  const connected = await hybrid(["tenants", "authorize", tenantId, "--org", "acme"], environment);
  expect(connected).toMatchObject({ code: 0, stderr: "" });

  const list = async (): Promise<readonly Row[]> =>
    JSON.parse((await hybrid(["users", "list", "--json"], environment)).stdout) as readonly Row[];
  let rows = await list();
  while (rows.filter(({ to }) => to === "active").length < 2) rows = await list();
  expect(rows.map(({ user }) => user)).toEqual(["acme/u-1", "acme/u-2", "acme/u-3"]);
  expect(rows[2]?.to).toBe("notActivated");
  expect(graph.listSubscriptions()).toHaveLength(2);
  const table = await hybrid(["users", "list", "--state", "active"], environment);
  expect(table.stdout).toMatch(/^user\tstate\treason/);
  expect(table.stdout.match(/\tactive\t/g)).toHaveLength(2);

  expect((await hybrid(["observe", "on", "acme"], environment)).stdout).toMatch(
    /ordered observe of decorator/,
  );
  expect((await hybrid(["observe", "off", "acme"], environment)).code).toBe(0);
  const parked = await hybrid(["parked", "list", "--health", health, "--json"]);
  expect(parked).toMatchObject({ code: 0, stdout: "[]\n" });
  const unknown = await hybrid(["calls", "pause", "nobody"], environment);
  expect(unknown).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      "archiver, consent, decorator, directory, group-provisioner, mailbox-migration-detector, meetings, " +
        "meetings-rooms, notices, presence, user-state, webhook-keeper",
    ),
  });

  for (const [words, said] of [
    [["calls", "pause", "decorator", "--org", "amce"], 'organisation "amce" is not known'],
    [["calls", "pause", "decorator", "--kind", "decorateEvnt"], 'did you mean "decorateEvent"?'],
    [["tenants", "deactivate", tenantId.replace("4333", "4332"), "--org", "acme"], "has no tenant"],
    [["users", "list", "--org", "acmee"], 'did you mean "acme"?'],
  ] as const)
    expect(await hybrid(words, environment)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(said),
    });

  const link = ["control-hub", "link", "--org", "acme", "--name", "ada@acme.example"];
  expect(await hybrid(link, environment)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("HUB_SIGN_IN_KEY"),
  });
  const made = await hybrid(link, { ...environment, HUB_SIGN_IN_KEY: hubKey });
  expect(made).toMatchObject({ code: 0, stderr: "" });
  const hub = /"link":"(?<origin>http:[^"]+)\/sign-in/.exec(printed)?.groups?.["origin"] ?? "";
  const entered = await fetch(made.stdout.trim().replace(/^http:\/\/[^/]+/, hub), { redirect: "manual" });
  expect([entered.status, entered.headers.get("location")]).toEqual([303, "/"]);

  const startAt = Date.now() + 3_600_000;
  const { id } = graph.createEvent(objectIdOf(1), {
    subject: "Weekly",
    startAt,
    endAt: startAt + 60_000,
    location: "@webex",
    body: "<p>Hello</p>",
  });
  while (!graph.readEvent(objectIdOf(1), id).body.content.includes("acme.webex.com/meet/user1"))
    await fetch(`${health}/healthz`);

  up.kill("SIGTERM");
  const stopped = await up.ended;
  expect(stopped.code).toBe(0);
  expect(stopped.stdout + stopped.stderr).not.toMatch(/Hello|Weekly|user1@acme/);
});

test.skipIf(redisServerVersion() === null)(
  "REDIS_URL lets workers share Graph's limits, and one that cannot work is refused at the start",
  async () => {
    const at = await folder();
    const { environment } = await clouds(at);
    const redis = await startRedis({ password: "open-sesame" });
    onTestFinished(() => redis.stop());
    const wrong = `redis://:guessed-wrong@127.0.0.1:${redis.port}`;
    const refused = await hybrid(["up"], { ...environment, REDIS_URL: wrong });
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain(`Redis at 127.0.0.1:${redis.port} cannot be used`);
    expect(refused.stderr + refused.stdout).not.toContain("guessed-wrong");

    const up = startHybrid(["up"], { ...environment, REDIS_URL: redis.url });
    onTestFinished(() => up.kill("SIGKILL"));
    const printed = await up.prints(/all services run/);
    const health = /"health":"(?<url>[^"]+)"/.exec(printed)?.groups?.["url"] ?? "";
    const metrics = await (await fetch(`${health}/metrics`)).text();
    expect(metrics).toMatch(/^hybrid_graph_limits_shared\{registration="calendar"\} 1$/m);
    up.kill("SIGTERM");
    const stopped = await up.ended;
    expect(stopped.code).toBe(0);
    expect(stopped.stdout + stopped.stderr).not.toContain("open-sesame");
  },
);

test("a configuration that cannot work is refused with every fault at once", async () => {
  const at = await folder();
  const { code, stdout, stderr } = await hybrid(["up"], {
    HYBRID_DATA_DIR: join(at, "data"),
    GRAPH_CLIENT_ID: "me",
    INGEST_PORT: "x",
    LOG_PARTITIONS: "0",
    REDIS_URL: "http://:guessed-wrong@localhost",
  });
  expect([code, stderr]).toEqual([2, ""]);
  for (const name of ["PUBLIC_URL", "GRAPH_CLIENT_ID", "INGEST_PORT", "LOG_PARTITIONS", "CLIENT_STATE_KEYS"])
    expect(stdout).toContain(name);
  expect(stdout).toContain("REDIS_URL: must be redis://");
  expect(stdout).not.toContain("guessed-wrong");
  expect(stdout).not.toMatch(/\bat /);
});

test.each([
  [["tenants", "authorize", "contoso", "--org", "acme"], "is no tenant id"],
  [["tenants", "authorize", tenantId, "--org", "Acme Corp"], "for example acme-corp"],
  [["users", "import", "nowhere.csv", "--org", "acme"], "nowhere.csv: there is no such file"],
  [["parked", "retry", "user-state", "nobody"], "it is <org>/u-<user>"],
  [["users", "lst"], "Did you mean list?"],
  [["parked", "list", "--health", "http://127.0.0.1:1"], "no answer from http://127.0.0.1:1/parked"],
])("%j is a mistake that is answered in words, with code 2", async (words, said) => {
  const { code, stdout, stderr } = await hybrid(words);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(said);
  expect(stderr).not.toMatch(/\n\s+at |"code":|please report/);
});

test("looking into a folder where nothing ever ran says what to do", async () => {
  const { code, stderr } = await hybrid(["users", "list", "--data", join(await folder(), "data")]);
  expect(code).toBe(2);
  expect(stderr).toContain('"hybrid up"');
});

test.each([
  "simulate",
  "up",
  "tenants authorize",
  "tenants test",
  "users import",
  "users list",
  "parked retry",
  "topics check",
  "journal owners",
  "log copy",
])("the help of %s has an example", async (words) => {
  const { code, stdout } = await hybrid([...words.split(" "), "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Example|Environment/);
});
