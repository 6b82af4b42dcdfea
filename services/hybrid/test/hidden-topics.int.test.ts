import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import { catalog } from "../src/service-list.ts";
import { hybrid } from "./run-hybrid.ts";

const ability = await canRunKafka();

test.skipIf(!ability.ok)(
  "topics that an ACL hides are told from topics that are not there, and nothing is created beside them",
  { timeout: 180_000 },
  async () => {
    /*
     * Goal: a user who lacks a right is sent to the rights, not to make topics that exist.
     * Method: a broker with an authorizer; a chief whom nothing stops makes the topics; a guest has no right.
     */
    const users = ["chief", "guest"].map((name) => ({ name, password: "s3cret" }));
    const kafka = await startKafka({
      security: { listeners: ["SASL_PLAINTEXT"], users, superUsers: ["chief"], authorizer: true },
    });
    onTestFinished(() => kafka.stop());
    const as = (name: string) => ({
      KAFKA_BROKERS: kafka.brokers.join(","),
      KAFKA_SASL_MECHANISM: "scram-sha-256",
      KAFKA_USERNAME: name,
      KAFKA_PASSWORD: "s3cret",
      KAFKA_REPLICATION_FACTOR: "1",
    });
    const before = await hybrid(["users", "list"], as("chief"));
    expect(before).toMatchObject({ code: 2, stderr: expect.stringContaining("user-status does not exist") });
    const made = await hybrid(["topics", "create"], { ...as("chief"), LOG_PARTITIONS: "3" });
    expect(made.code).toBe(0);
    // Nobody says how many partitions there are: the log does.
    expect(await hybrid(["topics", "check"], as("chief"))).toMatchObject({ code: 0, stderr: "" });

    const hidden = await hybrid(["users", "list"], as("guest"));
    expect(hidden).toMatchObject({ code: 2, stderr: expect.stringContaining("user-status cannot be seen") });
    expect(hidden.stderr).toContain("docs/ACCESS.md");
    const checked = await hybrid(["topics", "check"], as("guest"));
    expect(checked.code).toBe(1);
    expect(checked.stdout.match(/\thidden\t/g)).toHaveLength(catalog.allTopics.length);
    expect(checked.stdout).not.toContain("missing");
    const refused = await hybrid(["topics", "create"], as("guest"));
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("may not see them") });
  },
);
