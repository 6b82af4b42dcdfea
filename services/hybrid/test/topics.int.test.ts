import { join } from "node:path";
import { topicSettings, userStatus } from "@hybrid/contracts";
import { instant } from "@hybrid/kernel";
import { openEmbeddedLog, openKafkaAdmin } from "@hybrid/log";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import { catalog } from "../src/service-list.ts";
import { logPathIn } from "../src/with-log.ts";
import { folder } from "./clouds.ts";
import { type Ended, hybrid } from "./run-hybrid.ts";

const ability = await canRunKafka();
const clock = { now: () => instant(0) };

interface Checked {
  readonly applied: readonly { readonly topic: string; readonly what: string }[];
  readonly differences: readonly Record<string, unknown>[];
}

const read = ({ stdout }: Ended): Checked => JSON.parse(stdout) as Checked;

test.skipIf(!ability.ok)(
  "topics on Kafka are created, compared with the contracts, and mended on demand",
  {
    timeout: 120_000,
  },
  async () => {
    /*
     * Goal: differences show, exit code and all; --apply mends what can be mended and touches nothing else.
     * Method: a broker of its own; settings are changed behind the command's back, one of them an
     * administrator's own, and one topic gets a number of partitions that nobody can take back.
     */
    const kafka = await startKafka();
    onTestFinished(() => kafka.stop());
    const variables = { KAFKA_BROKERS: kafka.brokers.join(","), LOG_PARTITIONS: "3" };
    const missing = await hybrid(["topics", "check"], variables);
    expect(missing.code).toBe(1);
    expect(missing.stdout.split("\n")[1]).toMatch(/^admin-commands\ttopic\tmissing\t3 partitions\t/);
    const created = await hybrid(["topics", "create"], variables);
    expect(created).toMatchObject({ code: 0, stderr: "" });
    expect(created.stdout).toContain(
      `created ${catalog.allTopics.length} of ${catalog.allTopics.length} topics`,
    );
    expect(await hybrid(["topics", "check"], variables)).toMatchObject({ code: 0, stderr: "" });

    const admin = await openKafkaAdmin({ brokers: kafka.brokers, clientId: "test", clock });
    onTestFinished(() => admin.close());
    const set = {
      "retention.ms": "1000",
      "message.timestamp.after.max.ms": "60000",
      // Not one of ours: it must stay.
      "segment.bytes": "1048576",
    };
    await admin.alterTopics([{ topic: userStatus.name, set: { "cleanup.policy": "delete" } }]);
    await admin.alterTopics([{ topic: "calendar-changes", set }]);
    const differing = await hybrid(["topics", "check", "--json"], variables);
    expect(differing.code).toBe(1);
    expect(read(differing).differences).toEqual([
      {
        topic: "calendar-changes",
        what: "message.timestamp.after.max.ms",
        is: "60000",
        wanted: "9223372036854775807",
        remedy: "alter",
      },
      { topic: "calendar-changes", what: "retention.ms", is: "1000", wanted: "604800000", remedy: "alter" },
      { topic: userStatus.name, what: "cleanup.policy", is: "delete", wanted: "compact", remedy: "alter" },
    ]);
    const applied = await hybrid(["topics", "check", "--apply", "--json"], variables);
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(read(applied)).toMatchObject({ differences: [], applied: read(differing).differences });
    const kept = (await admin.describeTopics(["calendar-changes"])).get("calendar-changes");
    expect(kept?.config).toMatchObject({ "segment.bytes": "1048576", "retention.ms": "604800000" });

    const other = await hybrid(["topics", "check", "--apply"], { ...variables, LOG_PARTITIONS: "4" });
    expect(other.code).toBe(1);
    expect(other.stdout).toMatch(
      /^user-status\tpartitions\t3\t4\tcannot be changed in place: .*docs\/KAFKA\.md/m,
    );
    // Without the number the one that most topics have is right.
    const { LOG_PARTITIONS: _, ...withoutNumber } = variables;
    expect((await hybrid(["topics", "check"], withoutNumber)).code).toBe(0);
    const list = await hybrid(["topics", "list"], variables);
    expect(list.stdout).toMatch(/^calendar-changes\t3\tdelete\t7 days\t1\tnotification-ingest$/m);
    expect(list.stdout).toMatch(/^user-state-checkpoint\t3\tcompact\tfor ever\t1\tuser-state$/m);
  },
);

test("topics of the embedded log are created, compared and mended by the same commands", async () => {
  const data = join(await folder(), "data");
  const run = (...words: readonly string[]): Promise<Ended> => hybrid(["topics", ...words, "--data", data]);
  expect((await run("check")).stderr).toContain('"hybrid up"');
  expect(await run("create")).toMatchObject({ code: 0, stderr: "" });
  expect(await run("check")).toMatchObject({ code: 0, stderr: "" });
  const log = await openEmbeddedLog({ path: logPathIn(data), clock });
  const [topic] = catalog.allTopics;
  if (!topic) throw new Error("there are no contracts");
  await log.createTopics([{ ...topicSettings(topic, 8), retentionMs: 1_000 }]);
  await log.close();
  const differing = await run("check");
  expect(differing.code).toBe(1);
  expect(differing.stdout.split("\n")[1]).toMatch(
    new RegExp(`^${topic.name}\tretention.ms\t1000\t604800000\t`),
  );
  expect(await run("check", "--apply")).toMatchObject({ code: 0, stderr: "" });
  expect((await run("list")).stdout).toMatch(new RegExp(`^${topic.name}\t8\tdelete\t7 days\t`, "m"));
});
