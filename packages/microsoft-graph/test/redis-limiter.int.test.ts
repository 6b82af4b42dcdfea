import { createCertificateAuthority } from "@hybrid/graph-simulator";
import { ConfigError, seconds } from "@hybrid/kernel";
import { type LocalRedis, redisServerVersion, startRedis } from "@hybrid/tools/redis-local";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  createRedisLimiter,
  type RateLimiter,
  type RedisLimiter,
  type RedisLimiterOptions,
} from "../src/index.ts";
import { limiterContract } from "./limiter-contract.ts";
import { settable } from "./settable-clock.ts";
import { anna, bert, failureOf, openWorld, patient, tenantId } from "./world.ts";

const version = redisServerVersion();
if (version === null)
  console.warn("LEFT OUT: the tests of limits in Redis; there is no redis-server on PATH");

let owners = 0;
const nextOwner = (): string => `test-${++owners}`;

/** Ends after each test, last opened first. */
const toEnd: (() => Promise<void>)[] = [];

/** A worker's limiter, connected, with what it said. */
const openWorker = async (url: string, options: Partial<RedisLimiterOptions> = {}) => {
  const said: string[] = [];
  const say = (_: unknown, message: string): void => void said.push(message);
  const clock = settable();
  let changed: () => void = () => undefined;
  const limiter = createRedisLimiter({
    url,
    owner: nextOwner(),
    clock,
    workersMax: 4,
    // Patient: on a busy machine an answer may take long, and an outage must be one that the test made.
    deadlineMs: 5_000,
    logger: { info: say, warn: say },
    onState: () => changed(),
    ...options,
  });
  toEnd.push(() => limiter.close());
  const reaches = async (state: ReturnType<RedisLimiter["state"]>): Promise<void> => {
    while (limiter.state() !== state)
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
  };
  await limiter.connect();
  return { limiter, clock, said, reaches };
};

const givenOf = async (limiter: RateLimiter, bucket: Rated, times: number): Promise<number> => {
  const decisions = await Promise.all(Array.from({ length: times }, () => limiter.take([bucket], 1)));
  return decisions.filter(({ allowed }) => allowed).length;
};
interface Rated {
  readonly key: string;
  readonly perSecond: number;
  readonly burst: number;
}
/** Gives its burst and then, for as long as a test lasts, nothing. */
const still = (burst: number): Rated => ({ key: "k", perSecond: 0.001, burst });

const startOwn: typeof startRedis = async (options) => {
  const redis = await startRedis(options);
  toEnd.push(() => redis.stop());
  return redis;
};

/** A client of the test's own, to look into Redis. */
const look = (url: string): Redis => {
  const client = new Redis(url);
  toEnd.push(async () => client.disconnect());
  return client;
};

describe.skipIf(version === null)(`limits in Redis ${version}`, () => {
  let redis: LocalRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
  });
  afterEach(async () => {
    for (const end of toEnd.splice(0).reverse()) await end();
  });

  limiterContract(async (clock) => {
    const limiter = createRedisLimiter({
      url: redis.url,
      owner: nextOwner(),
      clock,
      workersMax: 4,
      deadlineMs: 5_000,
      timeSource: clock,
    });
    await limiter.connect();
    expect(limiter.state()).toBe("shared");
    return limiter;
  });

  test("by Redis's own time a bucket gives its burst, and then as its rate flows in", async () => {
    const { limiter } = await openWorker(redis.url);
    const slow = still(3);
    expect(await givenOf(limiter, slow, 10)).toBe(3);
    const refused = await limiter.take([slow], 1);
    const waitMs = refused.allowed ? 0 : refused.retryAfterMs;
    expect(waitMs).toBeGreaterThan(seconds(900));
    expect(waitMs).toBeLessThanOrEqual(seconds(1_000));
    // One every 10 ms besides the burst of one: asked without a pause, eleven take 100 ms at least.
    const startedAt = performance.now();
    for (let given = 0; given < 11; )
      if ((await limiter.take([{ key: "fast", perSecond: 100, burst: 1 }], 1)).allowed) given++;
    expect(performance.now() - startedAt).toBeGreaterThan(99);
  });

  test("two workers share one rate, and another application's limits are its own", async () => {
    const owner = nextOwner();
    const [a, b, other] = [
      await openWorker(redis.url, { owner }),
      await openWorker(redis.url, { owner }),
      await openWorker(redis.url),
    ];
    const given = await Promise.all([a, b].map(({ limiter }) => givenOf(limiter, still(30), 50)));
    expect(given[0]! + given[1]!).toBe(30);
    expect(await givenOf(other.limiter, still(30), 50)).toBe(30);
  });

  test("what one worker is told to leave alone, all leave alone, those started later included", async () => {
    const owner = nextOwner();
    const [a, b] = [await openWorker(redis.url, { owner }), await openWorker(redis.url, { owner })];
    a.limiter.closeScope("tenant a", seconds(600));
    // An answer to the same connection comes after what was asked before.
    await a.limiter.take([], 0);
    const later = await openWorker(redis.url, { owner });
    for (const { limiter } of [b, later]) {
      const decision = await limiter.take([still(1)], 1, ["application", "tenant a"]);
      expect(decision).toMatchObject({ allowed: false, closedScope: "tenant a" });
      expect(decision.allowed ? 0 : decision.retryAfterMs).toBeGreaterThan(seconds(590));
    }
    expect(await later.limiter.take([still(1)], 1, ["application"])).toEqual({ allowed: true });
  });

  test("full buckets and open scopes leave nothing behind, and keys hold ids under one hash tag only", async () => {
    const owner = "33333333-3333-4333-8333-333333333333";
    const { limiter } = await openWorker(redis.url, { owner });
    await limiter.take([{ key: "global", perSecond: 10, burst: 100 }], 20);
    limiter.closeScope("tenant a", seconds(5));
    await limiter.take([], 0);
    const client = look(redis.url);
    const keys = await client.keys(`{hybrid ${owner}}:*`);
    expect(keys.sort()).toEqual([`{hybrid ${owner}}:closed:tenant a`, `{hybrid ${owner}}:rate:global`]);
    // Two seconds until it is full, five until it is open, and a minute more.
    for (const [key, meaningfulMs] of [
      [keys[0]!, seconds(5)],
      [keys[1]!, seconds(2)],
    ] as const) {
      const leftMs = await client.pttl(key);
      expect(leftMs).toBeGreaterThan(meaningfulMs);
      expect(leftMs).toBeLessThanOrEqual(meaningfulMs + seconds(60));
    }
  });

  test("a Redis that forgot everything, or its scripts, costs one burst more and nothing else", async () => {
    const { limiter, said } = await openWorker(redis.url);
    expect(await givenOf(limiter, still(10), 30)).toBe(10);
    const client = look(redis.url);
    await client.script("FLUSH");
    expect(await givenOf(limiter, still(10), 30)).toBe(0);
    await client.flushall();
    expect(await givenOf(limiter, still(10), 30)).toBe(10);
    expect([limiter.state(), said]).toEqual(["shared", []]);
  });

  /**
   * Goal: a Redis that dies under load lets no more through than this worker's fraction, the worker says so
   * once, and goes back to Redis when it is there again.
   * Method: one virtual clock for the buckets in Redis and here. A request per millisecond for ten seconds;
   * after the third second Redis is killed in the middle of requests under way, after the eighth it is back,
   * empty. Rate 100/s, burst 50, four workers at most.
   */
  test("Redis killed under load: the local fraction holds; Redis back: it decides again", async () => {
    const own = await startOwn();
    const clock = settable();
    const { limiter, said, reaches } = await openWorker(own.url, { clock, timeSource: clock });
    const bucket = { key: "k", perSecond: 100, burst: 50 };
    const load = async (ms: number): Promise<number> => {
      let given = 0;
      for (let passed = 0; passed < ms; passed += 20) {
        clock.pass(20);
        given += await givenOf(limiter, bucket, 20);
      }
      return given;
    };
    const before = await load(3_000);
    // What flows in during the first 20 ms finds the bucket full.
    expect(before).toBe(50 + 300 - 2);

    const underWay = givenOf(limiter, bucket, 200);
    await own.kill();
    const atTheEnd = await underWay;
    await reaches("local");
    const alone = await load(5_000);
    // A fourth of the rate, and of the burst nothing: what Redis gave was charged to the fraction as well.
    expect(atTheEnd).toBeLessThanOrEqual(1);
    expect(alone).toBeGreaterThanOrEqual(124);
    expect(alone).toBeLessThanOrEqual(126);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^Redis at 127\.0\.0\.1:\d+ does not answer: .*1\/4 of every limit.*whether Redis runs/,
    );

    await own.restart();
    await reaches("shared");
    const after = await load(2_000);
    // The new Redis knows nothing: one burst more, and then the rate.
    expect(after).toBe(50 + 200 - 2);
    expect(said).toHaveLength(2);
    expect(said[1]).toContain("Redis answers again");
  });

  /**
   * Goal: a Redis that keeps its connections and answers nothing costs one deadline, not one per request, and
   * is not flooded; it decides again as soon as a try is answered.
   * Method: SIGSTOP, a thousand requests, SIGCONT; then Redis itself says how many scripts it was sent.
   */
  test("Redis that hangs is waited for once, and tried once a second", async () => {
    const own = await startOwn();
    const [deadlineMs, requests] = [250, 1_000];
    const { limiter, clock, said, reaches } = await openWorker(own.url, { deadlineMs });
    await limiter.take([still(5)], 1);
    own.pause();
    const startedAt = performance.now();
    let given = 0;
    for (let asked = 0; asked < requests; asked++) given += await givenOf(limiter, still(5), 1);
    expect(performance.now() - startedAt).toBeLessThan(20 * deadlineMs);
    // A fourth of five is one, and that one was charged when Redis gave it.
    expect(given).toBe(0);
    expect([limiter.state(), said.length]).toEqual(["local", 1]);
    expect(said[0]).toContain("no answer within 250 ms");
    own.resume();
    clock.pass(seconds(1));
    await limiter.take([still(5)], 1);
    await reaches("shared");
    const stats = await look(own.url).info("commandstats");
    const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].map(([, count]) => Number(count));
    const scripts = calls.reduce((sum, count) => sum + count, 0);
    // Two of connect and the first take, the one that was waited for, the try that brought it back.
    expect(scripts).toBeLessThanOrEqual(5);
    expect(said).toHaveLength(2);
  });

  test("a worker that was busy itself for longer than the deadline does not take Redis for gone", async () => {
    const { limiter, said } = await openWorker(redis.url, { deadlineMs: 250 });
    for (let time = 0; time < 3; time++) {
      // From here the timers' turn comes before the one in which questions are sent.
      await new Promise((resolve) => setImmediate(resolve));
      const answers = [limiter.take([still(9)], 1), limiter.take([still(9)], 1)];
      const freeAt = performance.now() + 600;
      while (performance.now() < freeAt);
      expect(await Promise.all(answers)).toEqual([{ allowed: true }, { allowed: true }]);
    }
    expect([limiter.state(), said]).toEqual(["shared", []]);
  });

  test("a Redis that can be read and not written to does not decide", async () => {
    const own = await startOwn({ settings: ["maxmemory-policy noeviction"] });
    const { limiter, clock, said, reaches } = await openWorker(own.url);
    const client = look(own.url);
    await client.config("SET", "maxmemory", "1");
    expect(await givenOf(limiter, still(8), 20)).toBe(2);
    for (let second = 0; second < 3; second++) {
      clock.pass(seconds(1));
      await limiter.take([still(8)], 1);
      await client.ping();
    }
    expect([limiter.state(), said.length]).toEqual(["local", 1]);
    expect(said[0]).toContain("give it memory");
    await client.config("SET", "maxmemory", "0");
    clock.pass(seconds(1));
    await limiter.take([still(8)], 1);
    await reaches("shared");
  });

  test("a wrong password, or none, is refused at the start with what to do, and is not repeated", async () => {
    const own = await startOwn({ password: "open-sesame" });
    const worker = await openWorker(own.url);
    expect(await givenOf(worker.limiter, still(2), 5)).toBe(2);
    for (const login of [":guessed-wrong@", "someone:guessed-wrong@", ""]) {
      const error = await failureOf(openWorker(`redis://${login}127.0.0.1:${own.port}`));
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toContain(`Redis at 127.0.0.1:${own.port} cannot be used`);
      expect(String(error)).toContain("check the user name and the password in REDIS_URL");
      expect(String(error)).not.toContain("guessed-wrong");
    }
  });

  test("an unknown host is named; where nobody listens, the worker starts alone and says so", async () => {
    const unknown = await openWorker("redis://redis.invalid").then(
      ({ said }) => said.join(),
      (error: unknown) => String(error),
    );
    // Without a name service it cannot be told from one that is unknown for the moment only.
    expect(unknown).toMatch(/Redis at redis\.invalid:6379 .*(?:check the host in REDIS_URL|check DNS)/s);
    const gone = await startOwn();
    await gone.kill();
    const { limiter, said, reaches } = await openWorker(gone.url);
    expect(limiter.state()).toBe("local");
    expect(said.join()).toMatch(/ECONNREFUSED.*see whether Redis runs/);
    expect(await givenOf(limiter, still(8), 20)).toBe(2);
    await gone.restart();
    await reaches("shared");
  });

  test("rediss:// is TLS with a certificate that somebody vouches for", async () => {
    const authority = await createCertificateAuthority();
    const own = await startOwn({ tls: await authority.issue(), password: "open-sesame" });
    const { limiter } = await openWorker(own.url, { ca: authority.caPem });
    expect(await givenOf(limiter, still(2), 5)).toBe(2);
    expect(String(await failureOf(openWorker(own.url)))).toContain("NODE_EXTRA_CA_CERTS");
  });

  test("a cluster takes the script: all keys of a request are in one slot", async () => {
    const own = await startOwn({ settings: ["cluster-enabled yes"] });
    const client = look(own.url);
    await client.cluster("ADDSLOTSRANGE", 0, 16_383);
    while (!(await client.cluster("INFO")).includes("cluster_state:ok")) await client.ping();
    const { limiter } = await openWorker(own.url);
    const buckets = [still(3), { ...still(2), key: "other bucket" }];
    for (const allowed of [true, true, false])
      expect((await limiter.take(buckets, 1, ["application", "tenant a"])).allowed).toBe(allowed);
    expect(limiter.state()).toBe("shared");
    expect(await failureOf(client.mget("one", "another"))).toMatchObject({ message: /CROSSSLOT/ });
  });

  /**
   * Goal: a Retry-After that one worker got holds for the others and for one that is started afterwards: not
   * a single request of the tenant leaves before it has passed.
   * Method: three clients of one application against the simulator, with limiters of their own on one Redis;
   * the simulator counts requests and whatever came too early.
   */
  test("a Retry-After that one worker got holds for the whole fleet and over a restart", async () => {
    const world = await openWorld();
    toEnd.push(() => world.close());
    const owner = nextOwner();
    const connect = async () => {
      const { limiter } = await openWorker(redis.url, { owner, clock: world.clock, timeSource: world.clock });
      return await world.connect({ rateLimiter: limiter });
    };
    const [a, b] = [await connect(), await connect()];
    const order = (userObjectId: string) => ({ tenantId, userObjectId, signal: patient() });
    await a.mailboxes.probe(order(anna));
    await b.mailboxes.probe(order(bert));
    const route = "/v1.0/users/:userId/mailboxSettings";
    const served = world.simulator.metrics.countRequests({ route });
    const untilMs = world.clock.now() + seconds(400);
    world.simulator.throttleTenant(tenantId, { untilMs, retryAfterSeconds: 400 });
    expect(await failureOf(a.mailboxes.probe(order(anna)))).toMatchObject({ status: 429 });
    world.clock.advanceBy(seconds(100));
    const restarted = await connect();
    for (const worker of [b, restarted, b])
      expect(await failureOf(worker.mailboxes.probe(order(bert)))).toMatchObject({
        code: "throttled",
        retryAfterMs: seconds(300),
        status: undefined,
      });
    expect(world.simulator.metrics.countRequests({ route })).toBe(served + 1);
    world.clock.advanceBy(seconds(300));
    expect(await restarted.mailboxes.probe(order(bert))).toEqual({ userPurpose: "user" });
    expect(world.simulator.metrics.retryAfterViolations).toBe(0);
  });
});
