import { redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openRedisRequestMemory } from "../src/redis-request-memory.ts";
import { memoryContract } from "./memory-contract.ts";

const version = redisServerVersion();

describe.skipIf(version === null)(`requests in Redis ${version}`, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  let services = 0;
  const open = async (service = `service-${++services}`) => {
    const memory = await openRedisRequestMemory({ url: redis.url, service });
    onTestFinished(() => memory.close());
    return memory;
  };

  memoryContract("Redis", open);

  test("a place that one process has taken is taken for the others, and for no other service", async () => {
    const [first, second, another] = [
      await open("meetings"),
      await open("meetings"),
      await open("control-hub"),
    ];
    const request = { place: "p", digest: "d" };
    const all = await Promise.all([first.take(request), second.take(request)]);
    expect(all.map(({ kind }) => kind).toSorted()).toEqual(["busy", "first"]);
    expect(await another.take(request)).toEqual({ kind: "first" });
    await first.keep(request, "kept");
    expect(await second.take(request)).toEqual({ kind: "done", kept: "kept" });
  });

  test("while Redis is away it says so, without what was asked", async () => {
    const memory = await open();
    await redis.kill();
    const failed: unknown = await memory
      .take({ place: "secret", digest: "d" })
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "RequestsUnavailable" });
    expect(String(failed)).toContain("REDIS_URL");
    expect(String(failed)).not.toContain("secret");
    await redis.restart();
  });
});
