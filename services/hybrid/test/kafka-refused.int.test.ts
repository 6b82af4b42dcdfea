import { execFileSync, spawn } from "node:child_process";
import { adminCommands } from "@hybrid/contracts";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { expect, onTestFinished, test } from "vitest";
import { clouds, folder } from "./clouds.ts";
import { hybrid, startHybrid } from "./run-hybrid.ts";

const ability = await canRunKafka();

const hasKcat = ((): boolean => {
  try {
    execFileSync("kcat", ["-V"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
if (!hasKcat) process.stderr.write("kcat is not installed: a group that refuses us is not tested\n");

/** A member of a consumer group that shares partitions in another way; resolves when it has its share. */
const strangerIn = async (group: string, broker: string): Promise<void> => {
  const stranger = spawn("kcat", ["-b", broker, "-G", group, adminCommands.name], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void stranger.kill("SIGKILL"));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    stranger.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("rebalanced")) resolve();
    });
    stranger.once("close", () => reject(new Error(`kcat has ended: ${said}`)));
    stranger.once("error", reject);
  });
};

test.skipIf(!ability.ok || !hasKcat)(
  "a process that its consumer group refuses for good says why and ends with code 1",
  { timeout: 180_000 },
  async () => {
    const kafka = await startKafka();
    onTestFinished(() => kafka.stop());
    const [broker = ""] = kafka.brokers;
    const { environment } = await clouds(await folder());
    const settings = {
      ...environment,
      KAFKA_BROKERS: broker,
      KEY_ENCRYPTION_KEYS: Buffer.alloc(32, 8).toString("base64url"),
      KAFKA_REPLICATION_FACTOR: "1",
      KAFKA_SESSION_TIMEOUT_MS: "6000",
      LOG_PARTITIONS: "2",
      HEALTH_PORT: "0",
      API_PORT: "0",
    };
    expect((await hybrid(["topics", "create"], settings)).code).toBe(0);
    await strangerIn("directory", broker);
    const { code, stdout } = await startHybrid(["up", "--service", "directory"], settings).ended;
    expect(stdout).toContain("another program is in consumer group directory");
    expect(code).toBe(1);
  },
);
