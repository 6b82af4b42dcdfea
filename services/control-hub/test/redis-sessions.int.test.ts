import { redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openRedisSessions } from "../src/adapters/redis-sessions.ts";
import { sessionContract } from "./session-contract.ts";

const version = redisServerVersion();

describe.skipIf(version === null)(`sessions in Redis ${version}`, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  const open = async () => {
    const store = await openRedisSessions({ url: redis.url });
    onTestFinished(() => store.close());
    return store;
  };

  sessionContract("Redis", async () => {
    await redis.kill();
    await redis.restart();
    return open();
  });

  test("a session of one process is one of the others, and a link is used once among them", async () => {
    const [one, other] = [await open(), await open()];
    await one.put("key", "text", ["person:a"], 60_000);
    expect([await other.get("key"), await other.listed("person:a")]).toEqual(["text", ["key"]]);
    expect([await one.once("link", 60_000), await other.once("link", 60_000)]).toEqual([true, false]);
    expect([await other.remove("key"), await one.get("key")]).toEqual([true, null]);
  });

  test("a list forgets the oldest", async () => {
    const store = await open();
    for (let n = 0; n < 1_010; n++) await store.put(`key-${1_000 + n}`, "", ["person:many"], 60_000);
    const listed = await store.listed("person:many");
    expect([listed.length, listed[0], listed.at(-1)]).toEqual([1_000, "key-1010", "key-2009"]);
  });

  test("while Redis is away nothing is answered, and what failed holds no secret", async () => {
    const store = await open();
    await redis.kill();
    const failed: unknown = await store.get("secret-key").catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "SessionsUnavailable" });
    expect(String(failed)).toContain("REDIS_URL");
    expect(String(failed)).not.toContain("secret-key");
    await redis.restart();
  });
});
