import { redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { afterAll, beforeAll, describe } from "vitest";
import { openRedisLists } from "./lists-stage.ts";
import { meetingViewContract } from "./meeting-view-contract.ts";

const version = redisServerVersion();

describe.skipIf(version === null)(`Redis ${version}`, () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  meetingViewContract("Redis", async (log, vault) => {
    await redis.kill();
    await redis.restart();
    return openRedisLists(log, { url: redis.url, vault });
  });
});
