import { ConfigError, plus, type Scheduler } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { type LocalRedis, redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openRedisSharedTokens, type RedisSharedTokensOptions, type TokenSeal } from "../src/index.ts";
import { anna, clientId, openWorld, patient, tenantId, type World } from "./world.ts";

const version = redisServerVersion();
if (version === null)
  console.warn("LEFT OUT: the tests of Graph's tokens in Redis; there is no redis-server on PATH");

const owner = { clientId, tenantId };
const tokenKey = `{hybrid entra ${clientId} ${tenantId}}:token`;
const leaseKey = `{hybrid entra ${clientId} ${tenantId}}:lease`;

/** Not secret, and bound to its purpose as a sound one is. */
const seal: TokenSeal = {
  seal: async (text, purpose) => Buffer.from(`${purpose}|${text}`).toString("base64url"),
  open: async (sealed, purpose) => {
    const [found, ...text] = Buffer.from(sealed, "base64url").toString().split("|");
    if (found !== purpose) throw new TypeError("sealed for another purpose");
    return text.join("|");
  },
};

/** Ends after each test, last opened first. */
const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

const startOwn: typeof startRedis = async (options) => {
  const redis = await startRedis(options);
  toEnd.push(() => redis.stop());
  return redis;
};

/** What one worker has, with what it said. */
const openWorker = async (url: string, options: Partial<RedisSharedTokensOptions> = {}) => {
  const said: string[] = [];
  const states: string[] = [];
  const say = (_: unknown, message: string): void => void said.push(message);
  const tokens = openRedisSharedTokens({
    url,
    seal,
    scheduler: new VirtualClock(),
    logger: { info: say, warn: say },
    onState: (state) => void states.push(state),
    // Patient: on a busy machine an answer may take long, and an outage must be one that the test made.
    deadlineMs: 5_000,
    ...options,
  });
  toEnd.push(() => tokens.close());
  await tokens.connect();
  return { tokens, said, states };
};

const look = (url: string): Redis => {
  const client = new Redis(url);
  toEnd.push(() => client.disconnect());
  return client;
};

/** Every wait is over at once. */
const hurried = (): Scheduler => {
  let now = new VirtualClock().now();
  return {
    now: () => now,
    at: (dueAt, run) => {
      now = plus(dueAt, 0);
      setImmediate(run);
      return () => undefined;
    },
  };
};

describe.skipIf(version === null)(`tokens in Redis ${version}`, () => {
  let redis: LocalRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
  });

  const openFleet = async (url: string) => {
    const scheduler = hurried();
    const workers = [await openWorker(url, { scheduler }), await openWorker(url, { scheduler })];
    const world: World = await openWorld();
    toEnd.push(() => world.close());
    const graphs = await Promise.all(workers.map(({ tokens }) => world.connect({ sharedTokens: tokens })));
    const probe = async (): Promise<unknown> =>
      await Promise.all(
        graphs.map((graph) => graph.mailboxes.probe({ tenantId, userObjectId: anna, signal: patient() })),
      );
    const asked = (): number =>
      world.simulator.metrics.countRequests({ method: "POST", route: "/:tenant/oauth2/v2.0/token" });
    return { workers, probe, asked };
  };

  test("two workers ask Entra once; what is kept is sealed, ends by itself, and no lease stays", async () => {
    const { probe, asked, workers } = await openFleet(redis.url);
    await probe();
    expect(asked()).toBe(1);
    const client = look(redis.url);
    expect((await client.keys("*")).sort()).toEqual([tokenKey]);
    const kept = await client.get(tokenKey);
    expect(kept).not.toContain("eyJ");
    expect(kept).not.toContain("AccessToken");
    expect(await client.pttl(tokenKey)).toBeGreaterThan(3_000_000);
    expect(await client.pttl(tokenKey)).toBeLessThanOrEqual(3_599_000);
    expect(workers.flatMap(({ said }) => said)).toEqual([]);
  });

  test("Redis that goes: no call fails, it is said once, and the workers return by themselves", async () => {
    const own = await startOwn();
    const { probe, asked, workers } = await openFleet(own.url);
    await own.kill();
    await probe();
    expect(asked()).toBe(2);
    for (const { said, states } of workers) {
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(`Redis at 127.0.0.1:${own.port} does not answer`);
      expect(said[0]).toContain("asks Microsoft Entra for tokens of its own");
      expect(states.at(-1)).toBe("local");
    }
  });

  test("Redis that comes back is used again, and said so", async () => {
    const own = await startOwn();
    const clock = new VirtualClock();
    const { tokens, said, states } = await openWorker(own.url, { scheduler: clock });
    await own.kill();
    expect(await tokens.load(owner)).toBeNull();
    await own.restart();
    const client = look(own.url);
    await client.ping();
    while (states.at(-1) !== "shared") {
      clock.advanceBy(1_000);
      await tokens.load(owner);
    }
    await tokens.save(owner, { text: "a", leftMs: 60_000 });
    expect(await tokens.load(owner)).toMatchObject({ text: "a" });
    expect(said.at(-1)).toContain("keeps tokens for all workers");
  });

  test("Redis that hangs costs its deadline, and no call fails", async () => {
    const own = await startOwn();
    const { tokens, states } = await openWorker(own.url, { deadlineMs: 100 });
    own.pause();
    toEnd.push(() => own.resume());
    expect(await tokens.exclusively(owner, async () => "asked")).toBe("asked");
    expect(states.at(-1)).toBe("local");
  });

  test("a worker that holds the lease is waited for in bounds, and its lease is not ended by another", async () => {
    const own = await startOwn();
    const client = look(own.url);
    await client.set(leaseKey, "another", "PX", 15_000);
    const { tokens } = await openWorker(own.url, { scheduler: hurried() });
    expect(await tokens.exclusively(owner, async () => "asked itself")).toBe("asked itself");
    expect(await client.get(leaseKey)).toBe("another");
  });

  test("a lease is ended after work that fails, and ends by itself when its worker dies", async () => {
    const own = await startOwn();
    const client = look(own.url);
    const { tokens } = await openWorker(own.url);
    const failing = tokens.exclusively(owner, async () => {
      expect(await client.pttl(leaseKey)).toBeGreaterThan(0);
      expect(await client.pttl(leaseKey)).toBeLessThanOrEqual(15_000);
      throw new TypeError("no token");
    });
    await expect(failing).rejects.toThrow("no token");
    expect(await client.exists(leaseKey)).toBe(0);
  });

  test("what cannot be opened, or sealed, is told and not used", async () => {
    const own = await startOwn();
    const { tokens, said } = await openWorker(own.url);
    await look(own.url).set(tokenKey, Buffer.from("other|sesame").toString("base64url"), "PX", 60_000);
    expect(await tokens.load(owner)).toBeNull();
    const refusing = { ...seal, seal: () => Promise.reject(new TypeError("no key")) };
    const worker = await openWorker(own.url, { seal: refusing });
    await worker.tokens.save(owner, { text: "a", leftMs: 60_000 });
    expect([said, worker.said]).toEqual([
      ["a token in Redis could not be opened: this worker asks for its own"],
      ["a token in Redis could not be sealed: this worker asks for its own"],
    ]);
  });

  test("a wrong password is refused at the start", async () => {
    const own = await startOwn({ password: "open-sesame" });
    const refused = openWorker(`redis://:guessed-wrong@127.0.0.1:${own.port}`);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
  });
});
