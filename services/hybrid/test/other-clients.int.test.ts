import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { journalTopic, type UserStatus, userStatus } from "@hybrid/contracts";
import { actorIdOf, instant, orgIdOf, partitionOf, userActor } from "@hybrid/kernel";
import { type Log, openKafkaLog } from "@hybrid/log";
import { canRunKafka, sharedKafka } from "@hybrid/tools/kafka-local";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { writeSchemas } from "../src/topics/schema-files.ts";
import { folder } from "./clouds.ts";

const run = promisify(execFile);
const ability = await canRunKafka();

const works = async (command: string, words: readonly string[]): Promise<boolean> =>
  run(command, [...words]).then(
    () => true,
    () => false,
  );

const hasKcat = await works("kcat", ["-V"]);
if (!hasKcat) process.stderr.write("kcat is not installed: what it would agree on is not tested\n");

const partitions = 7;
const at = instant(Date.UTC(2026, 0, 5, 8));
const users = Array.from({ length: 40 }, (_, n) => userActor(orgIdOf("acme"), `${n * 7_919}`));

const statusOf = (n: number): UserStatus => ({
  transition: n + 1,
  from: "notActivated",
  to: "active",
  cause: "enabled",
  reason: n % 2 === 0 ? null : "Grüße, 日本",
  failures: 0,
  nextTryAt: null,
  subscriptionId: `subscription-${n}`,
  expiresAt: at + n,
  tenantId: "11111111-2222-4333-a444-555555555555",
  objectId: "00000000-0000-4000-a000-000000000001",
  mailAddress: `user${n}@acme.example`,
  settings: { webexKeyword: "personalRoom", meetKeyword: "space", language: null },
  at,
});

/** A topic of its own on the shared broker, with records of all users that our code has written. */
const written = async (): Promise<{ readonly log: Log; readonly broker: string; readonly topic: string }> => {
  const broker = await sharedKafka();
  const log = await openKafkaLog({ brokers: [broker], clientId: "other-clients", clock: { now: () => at } });
  onTestFinished(() => log.close());
  const topic = `other-clients-${randomUUID().slice(0, 8)}`;
  await log.createTopics([{ name: topic, partitions, cleanup: "delete", retentionMs: null }]);
  return { log, broker, topic };
};

const write = (log: Log, topic: string): Promise<readonly number[]> =>
  log.append(
    users.map((key, n) => ({
      topic,
      partition: partitionOf(key, partitions),
      key,
      value: userStatus.encode(statusOf(n)),
      timestamp: at,
    })),
  );

test.skipIf(!ability.ok || !hasKcat)(
  "kcat finds every user's record in the partition where we put it",
  async () => {
    const { log, broker, topic } = await written();
    await write(log, topic);
    const lines = (
      await run("kcat", ["-C", "-q", "-b", broker, "-t", topic, "-o", "beginning", "-e", "-f", "%p %k\n"])
    ).stdout.trimEnd();
    const found = lines.split("\n").toSorted();
    expect(found).toEqual(users.map((user) => `${partitionOf(user, partitions)} ${user}`).toSorted());
    // So that the agreement means something: the users are in several partitions.
    expect(new Set(users.map((user) => partitionOf(user, partitions))).size).toBeGreaterThan(3);
  },
);

test.skipIf(!ability.ok || !hasKcat)(
  "kcat with Kafka's own partitioner puts a user's record where we look for it",
  async () => {
    const { log, broker, topic } = await written();
    const produce = run("kcat", [
      "-P",
      "-b",
      broker,
      "-t",
      topic,
      "-K",
      " ",
      "-X",
      "topic.partitioner=murmur2_random",
    ]);
    produce.child.stdin?.end(users.map((user) => `${user} from kcat\n`).join(""));
    await produce;
    for (const user of users) {
      const partition = partitionOf(user, partitions);
      const { end } = await log.offsets(topic, partition);
      const { records } = await log.read({ topic, partition, offset: 0, recordsMax: end, bytesMax: 1 << 20 });
      expect(records.filter(({ key }) => key === user)).toHaveLength(1);
      // What belongs to a user is where the user is, though its key is longer: a producer must say where.
      expect(partitionOf(actorIdOf(`${user}/calendar`), partitions)).toBe(partition);
    }
  },
);

/** Where pip put fastavro; null, and a loud word about it, when it cannot. */
const fastavro = await (async (): Promise<string | null> => {
  if (!ability.ok || !hasKcat) return null;
  const target = await mkdtemp(join(tmpdir(), "hybrid-fastavro-"));
  const words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", target];
  if (await works("python3", [...words, "fastavro==1.12.1"])) return target;
  process.stderr.write("pip cannot install fastavro: that Python reads our records is not tested\n");
  await rm(target, { recursive: true, force: true });
  return null;
})();
afterAll(() => fastavro && rm(fastavro, { recursive: true, force: true }));

test.skipIf(fastavro === null)(
  "Python with fastavro reads our records with the published schemas",
  async () => {
    /*
     * Goal: the recipe of docs/KAFKA.md works, and fastavro computes our fingerprints by itself.
     * Method: records of two schemas, one of them nested, go through a broker and kcat to the script.
     */
    const { log, broker, topic } = await written();
    const journal = journalTopic("user-state");
    const step = {
      seq: 3,
      at,
      stateVersion: 1,
      origin: { kind: "record", name: topic, partition: 2, offset: 41 },
      input: '{"kind":"enabled"}',
      state: "{}",
      effects: "[]",
      pending: [{ seq: 3, index: 0, call: "{}" }],
      suppressed: [],
      parking: null,
    } as const;
    await write(log, topic);
    const head = { topic, partition: 0, key: "acme/u-1", timestamp: at };
    await log.append([{ ...head, value: journal.encode(step) }]);
    const schemas = join(await folder(), "schemas");
    await writeSchemas(schemas);
    const script = fileURLToPath(new URL("../../../docs/examples/decode-records.py", import.meta.url));
    const pipe =
      'kcat -C -q -b "$BROKER" -t "$TOPIC" -o beginning -e -f "%R%s" | python3 "$SCRIPT" "$SCHEMAS"';
    const { stdout } = await run("bash", ["-o", "pipefail", "-c", pipe], {
      env: {
        PATH: process.env["PATH"],
        PYTHONPATH: fastavro ?? "",
        BROKER: broker,
        TOPIC: topic,
        SCRIPT: script,
        SCHEMAS: schemas,
      },
    });
    const decoded = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly at: number });
    expect(decoded).toHaveLength(users.length + 1);
    // What our code may leave out is there for others as null.
    expect(decoded).toContainEqual({ ...step, inputRecord: null, stateRecord: null });
    for (const n of users.keys()) {
      const status = statusOf(n);
      const settings = { ...status.settings, join: null, consent: null };
      expect(decoded).toContainEqual({ ...status, settings, sealedMailAddress: null });
    }
  },
);
