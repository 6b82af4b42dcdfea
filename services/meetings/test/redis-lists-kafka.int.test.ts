import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { actorIdOf } from "@hybrid/kernel";
import { openKafkaLog } from "@hybrid/log";
import { systemScheduler } from "@hybrid/runtime";
import { canRunKafka, startKafka } from "@hybrid/tools/kafka-local";
import { redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { describe, expect, onTestFinished, test } from "vitest";
import { fleetTimes, partitions } from "./lists-fleet.ts";
import { createListsTopics, openRedisLists, writerOf } from "./lists-stage.ts";
import { meeting } from "./meeting.ts";
import { changedSince, listOf } from "./meeting-view-contract.ts";

const ability = await canRunKafka();
const version = redisServerVersion();
const users = ["acme/u-a", "acme/u-b", "acme/u-c", "acme/u-d", "b/u-e"].map(actorIdOf);

describe.skipIf(!ability.ok || version === null)("lists of a fleet on Kafka", { timeout: 60_000 }, () => {
  test("two processes share the partitions; when one is killed the other writes all of them, and nothing is lost", async () => {
    const [broker, redis] = await Promise.all([startKafka(), startRedis()]);
    onTestFinished(async () => {
      await Promise.all([broker.stop(), redis.stop()]);
    });
    const log = await openKafkaLog({
      brokers: broker.brokers,
      clientId: "lists",
      clock: systemScheduler(),
    });
    onTestFinished(() => log.close());
    await createListsTopics(log);
    const { put, seen, vault } = writerOf(log);
    for (const user of users) await put(user, "1", meeting("1"));
    const script = join(import.meta.dirname, "lists-child.ts");
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", script, ...broker.brokers, redis.url],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    const view = await openRedisLists(log, { url: redis.url, vault, ...fleetTimes });
    await expect.poll(() => view.standing().partitions, { timeout: 10_000 }).toBeLessThan(partitions);
    await expect.poll(() => view.standing().partitions, { timeout: 10_000 }).toBeGreaterThan(0);
    await seen(view);
    const places = new Map<string, string>();
    for (const user of users) {
      expect((await listOf(view, user)).map(({ id }) => id)).toEqual(["1"]);
      const begun = await changedSince(view, user, null, (_, resets) => resets === 1);
      places.set(user, begun.token);
    }
    child.kill("SIGKILL");
    for (const user of users) await put(user, "2", meeting("2"));
    await seen(view);
    expect(view.standing().partitions).toBe(partitions);
    for (const user of users) {
      expect((await listOf(view, user)).map(({ id }) => id)).toEqual(["1", "2"]);
      const told = await changedSince(view, user, places.get(user)!, (ids) => ids.length > 0);
      expect(told).toMatchObject({ ids: ["2"], resets: 0 });
    }
  });
});
