import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import { clouds, folder, freePort, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

const ability = await canRunKafka();
const services = ["directory", "user-state", "decorator"];

const healthOf = (printed: string): string => /"health":"(?<url>[^"]+)"/.exec(printed)?.groups?.["url"] ?? "";

/** How many partitions of a service run in the process behind a health address. */
const running = async (health: string): Promise<readonly number[]> => {
  const metrics = await (await fetch(`${health}/metrics`)).text();
  return services.map((name) =>
    Number(
      new RegExp(`^hybrid_partitions\\{service="${name}",state="running"\\} (\\d+)$`, "m").exec(
        metrics,
      )?.[1] ?? 0,
    ),
  );
};

const until = async <Seen>(look: () => Promise<Seen>, holds: (seen: Seen) => boolean): Promise<Seen> => {
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
  }
};

interface Row {
  readonly user: string;
  readonly to: string;
}

test.skipIf(!ability.ok)(
  "two processes share the partitions on Kafka, and one takes over from the other",
  {
    timeout: 180_000,
  },
  async () => {
    /*
     * Goal: `hybrid up` and the other commands work on Kafka with nothing but KAFKA_BROKERS.
     * Method: a broker of its own, because topics have fixed names; two processes with four partitions. Both
     * must run some of every service. Then one is killed, and the survivor must bring a new user to Active.
     */
    const kafka = await startKafka();
    onTestFinished(() => kafka.stop());
    const at = await folder();
    const { graph, environment } = await clouds(at);
    const common = {
      ...environment,
      KAFKA_BROKERS: kafka.brokers.join(","),
      KEY_ENCRYPTION_KEYS: Buffer.alloc(32, 8).toString("base64url"),
      KAFKA_SESSION_TIMEOUT_MS: "6000",
      KAFKA_REPLICATION_FACTOR: "1",
      LOG_PARTITIONS: "4",
    };
    const first = startHybrid(["up"], { ...common, KAFKA_CLIENT_ID: "first", KAFKA_INSTANCE_ID: "first" });
    onTestFinished(() => first.kill("SIGKILL"));
    const firstHealth = healthOf(await first.prints(/all services run/));
    expect(await running(firstHealth)).toEqual([4, 4, 4]);
    const otherPort = String(await freePort());
    const other = {
      KAFKA_CLIENT_ID: "second",
      KAFKA_INSTANCE_ID: "second",
      INGEST_PORT: otherPort,
      HYBRID_DATA_DIR: await folder(),
    };
    const second = startHybrid(["up"], { ...common, ...other });
    onTestFinished(() => second.kill("SIGKILL"));
    const secondHealth = healthOf(await second.prints(/all services run/));
    await until(
      () => running(secondHealth),
      (counts) => counts.every((count) => count === 2),
    );
    await until(
      () => running(firstHealth),
      (counts) => counts.every((count) => count === 2),
    );

    const people = (n: number): string =>
      `objectId,tenantId,mailAddress,userId\n${objectIdOf(n)},${tenantId},user${n}@acme.example,${n}\n`;
    const import1 = async (n: number): Promise<void> => {
      await writeFile(join(at, "people.csv"), people(n));
      const imported = await hybrid(["users", "import", join(at, "people.csv"), "--org", "acme"], common);
      expect(imported).toMatchObject({ code: 0, stderr: "" });
    };
    const active = async (): Promise<readonly string[]> => {
      const rows = JSON.parse((await hybrid(["users", "list", "--json"], common)).stdout) as readonly Row[];
      return rows.filter(({ to }) => to === "active").map(({ user }) => user);
    };
    expect(await hybrid(["tenants", "authorize", tenantId, "--org", "acme"], common)).toMatchObject({
      code: 0,
      stderr: "",
    });
    await import1(1);
    expect(await until(active, (users) => users.length === 1)).toEqual(["acme/u-1"]);

    second.kill("SIGKILL");
    await second.ended;
    await until(
      () => running(firstHealth),
      (counts) => counts.every((count) => count === 4),
    );
    await import1(2);
    expect(await until(active, (users) => users.length === 2)).toEqual(["acme/u-1", "acme/u-2"]);
    expect(graph.listSubscriptions()).toHaveLength(2);
    first.kill("SIGTERM");
    expect((await first.ended).code).toBe(0);
  },
);

test.skipIf(!ability.ok)(
  "each service runs by itself with its own settings alone",
  {
    timeout: 180_000,
  },
  async () => {
    const kafka = await startKafka();
    onTestFinished(() => kafka.stop());
    const { environment } = await clouds(await folder());
    const log = {
      KAFKA_BROKERS: kafka.brokers.join(","),
      LOG_PARTITIONS: "2",
      HEALTH_PORT: "0",
      API_PORT: "0",
    };
    // Ingest is given no way to Graph and Webex, directory no key and no address to listen on.
    const named = (...names: readonly (keyof typeof environment)[]) =>
      Object.fromEntries(names.map((name) => [name, environment[name]]));
    const toClouds = Object.fromEntries(
      Object.entries(environment).filter(([name]) => /^(?:NODE|GRAPH|WEBEX)_/.test(name)),
    );
    const ingest = startHybrid(["up", "--service", "notification-ingest"], {
      ...log,
      ...named("CLIENT_STATE_KEYS", "INGEST_PORT", "INGEST_TLS_KEY_FILE", "INGEST_TLS_CERT_FILE"),
    });
    onTestFinished(() => ingest.kill("SIGKILL"));
    const directory = startHybrid(["up", "--service", "directory"], {
      ...log,
      ...toClouds,
      KEY_ENCRYPTION_KEYS: Buffer.alloc(32, 8).toString("base64url"),
    });
    onTestFinished(() => directory.kill("SIGKILL"));
    for (const each of [ingest, directory]) {
      const health = healthOf(await each.prints(/all services run/));
      expect((await fetch(`${health}/readyz`)).status).toBe(200);
      each.kill("SIGTERM");
    }
    const ended = await Promise.all([ingest.ended, directory.ended]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(ended[1].stdout).toContain('"listening":{}');
  },
);

test("settings of Kafka that do not go together are refused with every fault at once", async () => {
  const at = await folder();
  await writeFile(join(at, "empty"), "\n");
  await writeFile(join(at, "ca.pem"), "no certificate");
  const refused = async (variables: Record<string, string>): Promise<string> => {
    const { code, stderr } = await hybrid(["users", "list"], variables);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/\n\s+at /);
    return stderr;
  };
  const wrong = await refused({
    KAFKA_BROKERS: "kafka-1,kafka-2:9092",
    KAFKA_TLS_KEY_FILE: "key.pem",
    KAFKA_SASL_MECHANISM: "plain",
    KAFKA_PASSWORD_FILE: join(at, "empty"),
    KAFKA_SESSION_TIMEOUT_MS: "1",
  });
  for (const fault of [
    "KAFKA_BROKERS: must be host:port",
    "KAFKA_TLS_KEY_FILE: needs KAFKA_TLS=true",
    "KAFKA_TLS_CERTIFICATE and KAFKA_TLS_KEY_FILE: give both or neither",
    "KAFKA_SASL_MECHANISM and KAFKA_PASSWORD_FILE: a login needs all of",
    "not set: KAFKA_USERNAME",
    "plain sends the password in clear",
    "KAFKA_SESSION_TIMEOUT_MS",
  ])
    expect(wrong).toContain(fault);
  const unread = await refused({
    KAFKA_BROKERS: "kafka-1:9092",
    KAFKA_TLS: "true",
    KAFKA_TLS_CA_FILE: join(at, "ca.pem"),
    KAFKA_SASL_MECHANISM: "scram-sha-512",
    KAFKA_USERNAME: "hybrid",
    KAFKA_PASSWORD_FILE: join(at, "empty"),
  });
  expect(unread).toContain("KAFKA_PASSWORD_FILE: the file is empty");
  expect(unread).toContain("KAFKA_TLS_CA_FILE: what the file holds is no PEM");
  expect(await refused({ KAFKA_BROKER: "kafka-1:9092" })).toContain("did you mean KAFKA_BROKERS?");
  expect(await refused({ KAFKA_TLS: "true" })).toContain("KAFKA_TLS: goes with KAFKA_BROKERS");
  expect(
    await hybrid(["users", "list"], { KAFKA_BROKERS: "127.0.0.1:1", KAFKA_CLIENT_ID: "nobody" }),
  ).toMatchObject({ code: 1, stderr: expect.stringContaining("127.0.0.1:1") });
});

test("a service that does not exist is refused with the names of those that do", async () => {
  const { code, stdout } = await hybrid(["up", "--service", "directory,user-sate"]);
  expect(code).toBe(2);
  expect(stdout).toContain('no service \\"user-sate\\"; did you mean \\"user-state\\"?');
  expect(stdout).toContain(
    "archiver, consent, control-hub, decorator, directory, group-provisioner, mailbox-migration-detector, " +
      "meetings, notices, notification-ingest, presence, user-state",
  );
});
