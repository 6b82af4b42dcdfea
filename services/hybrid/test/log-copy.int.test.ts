import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { userStatus } from "@hybrid/contracts";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import type { PartitionOwner } from "../src/owners/partition-owners.ts";
import { catalog } from "../src/service-list.ts";
import { clouds, folder, objectIdOf, tenantId } from "./clouds.ts";
import { hybrid, type Running, startHybrid } from "./run-hybrid.ts";

const ability = await canRunKafka();

interface Row {
  readonly user: string;
  readonly to: string;
  readonly transition: number;
  readonly nextTryAt: number | null;
}

const healthOf = async (up: Running): Promise<string> =>
  /"health":"(?<url>[^"]+)"/.exec(await up.prints(/all services run/))?.groups?.["url"] ?? "";

test.skipIf(!ability.ok)(
  "an organisation moves from the embedded log to Kafka and goes on as if nothing had been",
  {
    timeout: 240_000,
  },
  async () => {
    /*
     * Goal: nothing lost, nothing done twice, timers and calls that wait still there.
     * Method: two users are brought to Active and one to a wait of an hour; calls of the decorator are paused
     * with one pending. Then everything moves. On Kafka the same states must stand with the same next tries,
     * no transition and no subscription more, and the pending call must run once the pause is taken back.
     */
    const at = await folder();
    const { graph, environment } = await clouds(at);
    // Longer than the test, so that no timer falls due in it.
    const patience = { USER_STATE_MAILBOX_CONFIRMATION_MS: "3600000" };
    const before = { ...environment, ...patience, LOG_PARTITIONS: "4" };
    const kafka = await startKafka();
    onTestFinished(() => kafka.stop());
    const after = {
      ...before,
      KAFKA_BROKERS: kafka.brokers.join(","),
      KAFKA_REPLICATION_FACTOR: "1",
      // The keys go along: what was sealed is opened by the same.
      KEY_ENCRYPTION_KEYS_FILE: join(before.HYBRID_DATA_DIR, "key-encryption-keys"),
    };
    const data = before.HYBRID_DATA_DIR;

    const embedded = startHybrid(["up"], before);
    onTestFinished(() => embedded.kill("SIGKILL"));
    const health = await healthOf(embedded);
    const people = ["objectId,tenantId,mailAddress,userId"];
    for (const n of [1, 2, 3]) people.push(`${objectIdOf(n)},${tenantId},user${n}@acme.example,${n}`);
    await writeFile(join(at, "people.csv"), `${people.join("\n")}\n`);
    await hybrid(["users", "import", join(at, "people.csv"), "--org", "acme"], before);
    await hybrid(["tenants", "authorize", tenantId, "--org", "acme"], before);
    const list = async (variables: Record<string, string>): Promise<readonly Row[]> =>
      JSON.parse((await hybrid(["users", "list", "--json"], variables)).stdout) as readonly Row[];
    let users = await list(before);
    while (users.filter(({ to }) => to === "active").length < 2) users = await list(before);
    await hybrid(["calls", "pause", "decorator"], before);
    const startAt = Date.now() + 3_600_000;
    const event = {
      subject: "Weekly",
      startAt,
      endAt: startAt + 60_000,
      location: "@webex",
      body: "<p>Hello</p>",
    };
    const { id } = graph.createEvent(objectIdOf(1), event);
    const gauge = async (url: string, name: string, service: string): Promise<number> =>
      Number(
        new RegExp(`^hybrid_${name}\\{service="${service}"\\} (\\d+)$`, "m").exec(
          await (await fetch(`${url}/metrics`)).text(),
        )?.[1] ?? 0,
      );
    const pending = (url: string): Promise<number> => gauge(url, "calls_pending", "decorator");
    const timers = (url: string): Promise<number> => gauge(url, "timers_held", "user-state");
    while ((await pending(health)) === 0) await fetch(`${health}/healthz`);

    const timersBefore = await timers(health);
    // Renewals of two subscriptions, and the next try of the third user.
    expect(timersBefore).toBeGreaterThanOrEqual(3);

    const copy = ["log", "copy", "--from", data, "--to", "kafka"];
    const refused = await hybrid(copy, after);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("services run on it") });
    const owners = await hybrid(["journal", "owners", "--health", health], before);
    expect(owners.stdout).toMatch(/^user-state\t3\trunning\t[-\dT:]{19}\t1\t[0-9a-f]{8}\t\t0\t/m);
    embedded.kill("SIGTERM");
    expect((await embedded.ended).code).toBe(0);
    users = await list(before);
    const copied = await hybrid(copy, after);
    expect(copied).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^copied \\d+ records of ${catalog.allTopics.length} topics`)),
    });
    expect(await list(after)).toEqual(users);
    expect((await hybrid(copy, after)).stderr).toContain(`topic ${userStatus.name} is not empty there`);

    const moved = startHybrid(["up"], { ...after, KAFKA_SESSION_TIMEOUT_MS: "6000" });
    onTestFinished(() => moved.kill("SIGKILL"));
    const newHealth = await healthOf(moved);
    const found = await hybrid(["journal", "owners", "--json", "--health", newHealth], after);
    const rows = JSON.parse(found.stdout) as readonly PartitionOwner[];
    expect(rows).toHaveLength(4 * catalog.actorServices.size);
    for (const { state, epoch, worker, host } of rows) {
      expect([state, epoch]).toEqual(["running", 2]);
      expect(worker).toMatch(/^hybrid-[0-9a-f]{8}$/);
      expect(host).toBe("127.0.0.1");
    }
    expect(await pending(newHealth)).toBeGreaterThan(0);
    expect(await timers(newHealth)).toBe(timersBefore);
    expect(graph.readEvent(objectIdOf(1), id).body.content).not.toContain("acme.webex.com");
    await hybrid(["calls", "resume", "decorator"], after);
    while (!graph.readEvent(objectIdOf(1), id).body.content.includes("acme.webex.com/meet/user1"))
      await fetch(`${newHealth}/healthz`);
    expect(await list(after)).toEqual(users);
    expect(graph.listSubscriptions()).toHaveLength(2);
    moved.kill("SIGKILL");
    await moved.ended;

    const gone = await hybrid(["journal", "owners", "--json", "--health", newHealth], after);
    expect(gone.stderr).toContain("cannot be asked");
    const left = JSON.parse(gone.stdout) as readonly PartitionOwner[];
    expect(left.every(({ state }) => state === "owned" || state === "unowned")).toBe(true);
  },
);

test("a copy that cannot be one is refused with every fault at once", async () => {
  const { code, stderr } = await hybrid(["log", "copy", "--from", "nowhere", "--to", "tape"]);
  expect(code).toBe(2);
  expect(stderr).toContain('"tape" is not kafka');
  expect(stderr).toContain("hybrid.log.sqlite does not exist");
  expect(stderr).toContain("KAFKA_BROKERS: must say where to copy to");
});
