import { existsSync } from "node:fs";
import { join } from "node:path";
import { redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { expect, onTestFinished, test } from "vitest";
import { folder } from "./clouds.ts";
import { expectOneToken, ours, serviceApp } from "./webex-token-processes.ts";

if (redisServerVersion() === null)
  console.warn("LEFT OUT: Webex's tokens of several machines; there is no redis-server on PATH");

test.skipIf(redisServerVersion() === null)(
  "with REDIS_URL processes of several machines, which share no file, share one token",
  async () => {
    const at = await folder();
    const redis = await startRedis({ password: "open-sesame" });
    onTestFinished(() => redis.stop());
    const machine = (name: string) => ({
      ...ours,
      ...serviceApp,
      REDIS_URL: redis.url,
      WEBEX_TOKENS_FILE: join(at, name),
    });
    await expectOneToken(machine("one"), machine("two"));
    expect(existsSync(join(at, "one"))).toBe(false);
  },
);
