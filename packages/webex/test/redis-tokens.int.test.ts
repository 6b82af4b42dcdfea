import { ConfigError, ProviderError, plus, type Scheduler } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type LocalRedis, redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openRedisTokens, type RedisTokens, type RedisTokensOptions } from "../src/index.ts";
import { tokenStoreContract } from "./token-store-contract.ts";
import { expired, put, realTime } from "./token-world.ts";

const version = redisServerVersion();
if (version === null)
  console.warn("LEFT OUT: the tests of Webex's tokens in Redis; there is no redis-server on PATH");

const open = async (url: string, options: Partial<RedisTokensOptions> = {}) => {
  const said: string[] = [];
  const logger = { warn: (_: unknown, message: string): void => void said.push(message) };
  const store = openRedisTokens({ url, name: "acme", scheduler: realTime, logger, ...options });
  onTestFinished(() => store.close());
  await store.connect();
  return { store, said };
};

/** A client of the test's own, to look into Redis. */
const look = (url: string): Redis => {
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  return client;
};

const startOwn: typeof startRedis = async (options) => {
  const redis = await startRedis(options);
  onTestFinished(() => redis.stop());
  return redis;
};

/** Every wait is over at once, and long. */
const hurried = (): Scheduler => {
  let now = realTime.now();
  return {
    now: () => now,
    at: (dueAt, run) => {
      now = plus(dueAt, 60_000);
      queueMicrotask(run);
      return () => undefined;
    },
  };
};

const lockKey = "{hybrid webex acme}:lock";
const tokensKey = "{hybrid webex acme}:tokens";

/** The lock's time passes: all of it that is left, at once. */
const passLock = async (client: Redis, key = lockKey): Promise<void> => {
  expect(await client.pttl(key)).toBeGreaterThan(0);
  expect(await client.pttl(key)).toBeLessThanOrEqual(15_000);
  await client.pexpire(key, 1);
  while ((await client.exists(key)) === 1);
};

describe.skipIf(version === null)(`tokens in Redis ${version}`, () => {
  let redis: LocalRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
  });

  let places = 0;
  tokenStoreContract(async () => {
    const place = `place ${++places}`;
    return {
      open: async ({ name = "acme", scheduler = realTime } = {}) =>
        (await open(redis.url, { name: `${place} ${name}`, scheduler })).store,
      kill: async (store) => {
        (store as RedisTokens).close();
        await passLock(look(redis.url), `{hybrid webex ${encodeURIComponent(`${place} acme`)}}:lock`);
      },
    };
  });

  test("a worker that stood still for longer than its lock cannot save over what is newer", async () => {
    const own = await startOwn();
    const [still, other] = [await open(own.url, { scheduler: new VirtualClock() }), await open(own.url)];
    const refused = still.store.exclusively(async () => {
      await passLock(look(own.url));
      await put(other.store, expired("newer"));
      await still.store.save(expired("older"));
    });
    await expect(refused).rejects.toMatchObject({ code: "unavailable", retryable: true });
    await expect(refused).rejects.toThrow("ended before they were saved");
    expect(await other.store.load()).toEqual(expired("newer"));
    await expect(still.store.save(expired("older"))).rejects.toThrow("within `exclusively` only");
  });

  test("who lost the lock neither renews nor ends that of the next one", async () => {
    const own = await startOwn();
    const client = look(own.url);
    const clock = new VirtualClock();
    const { store } = await open(own.url, { scheduler: clock });
    await store.exclusively(async () => {
      await passLock(client);
      await client.set(lockKey, "another", "PX", 5_000);
      clock.advanceBy(5_000);
      // An answer to the same connection comes after what was asked before.
      await store.load();
      expect(await client.get(lockKey)).toBe("another");
      expect(await client.pttl(lockKey)).toBeLessThanOrEqual(5_000);
    });
    expect(await client.get(lockKey)).toBe("another");
  });

  test("the lock lasts for as long as the work does, and is gone with it", async () => {
    const own = await startOwn();
    const client = look(own.url);
    const clock = new VirtualClock();
    const { store } = await open(own.url, { scheduler: clock });
    await store.exclusively(async () => {
      for (let time = 0; time < 3; time++) {
        await client.pexpire(lockKey, 8_000);
        clock.advanceBy(5_000);
        while ((await client.pttl(lockKey)) <= 8_000);
        // The next renewal is planned when the answer to this one is here.
        while (clock.nextDueAt() === null) await store.load();
      }
      await store.save(expired("a"));
    });
    expect(clock.nextDueAt()).toBeNull();
    expect(await client.keys("*")).toEqual([tokensKey]);
    // What Redis must not forget by itself.
    expect(await client.pttl(tokensKey)).toBe(-1);
  });

  test("Redis that is gone: every wait ends, and the error says where, why and what to do", async () => {
    const own = await startOwn();
    const hasty = await open(own.url, { scheduler: hurried() });
    const { store, said } = await open(own.url);
    await own.kill();
    const works = [() => hasty.store.load(), () => hasty.store.exclusively(async () => 1)];
    for (const work of works) {
      const error: unknown = await work().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ProviderError);
      expect(error).toMatchObject({ code: "unavailable", retryable: true });
      expect((error as ProviderError).cause).toBeUndefined();
      expect(String(error)).toContain(`Redis at 127.0.0.1:${own.port} (REDIS_URL)`);
      expect(String(error)).toContain("see whether Redis runs there");
    }
    const late = await open(own.url);
    expect(late.said.join()).toContain("see whether Redis runs there");
    await own.restart();
    await put(store, expired("a"));
    expect(await late.store.load()).toEqual(expired("a"));
    expect(said).toEqual([]);
  });

  test("Redis that hangs: no tokens in the error, and after it the work goes on", async () => {
    const own = await startOwn();
    const { store, said } = await open(own.url, { scheduler: hurried(), deadlineMs: 100, lockMs: 60_000 });
    const hung = store.exclusively(async () => {
      own.pause();
      await store.save(expired("sesame"));
    });
    const error: unknown = await hung.catch((reason: unknown) => reason);
    expect(String(error)).toContain("no answer within 100 ms");
    expect(JSON.stringify([error, said])).not.toContain("sesame");
    expect(said.join()).toContain("The lock ends by itself within 60000 ms");
    own.resume();
    const after = await open(own.url);
    await put(after.store, expired("b"));
    expect(await after.store.load()).toEqual(expired("b"));
  });

  test("a wrong password is refused at the start with what to do, and is not repeated", async () => {
    const own = await startOwn({ password: "open-sesame" });
    const { store } = await open(own.url);
    await put(store, expired("a"));
    const refused = open(`redis://:guessed-wrong@127.0.0.1:${own.port}`);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toThrow("check the user name and the password in REDIS_URL");
    await expect(refused).rejects.toThrow(/^(?!.*guessed-wrong)/s);
  });

  test("what is stored and cannot be tokens is refused, and stays", async () => {
    const own = await startOwn();
    const client = look(own.url);
    await client.set(tokensKey, "sesame");
    const { store } = await open(own.url);
    await expect(store.load()).rejects.toThrow("what is stored are no tokens of Webex");
    expect(await client.get(tokensKey)).toBe("sesame");
  });
});
