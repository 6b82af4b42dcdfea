import { openRedisClient } from "@hybrid/redis";

const now = "local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)";

/** What tests do to a Redis behind everybody's back. */
export const openRedisPlace = async (url: string) => {
  const client = openRedisClient({ url, connectionName: "test", deadlineMs: 2_000 });
  await client.connect();
  const run = <Reply>(lua: string) => {
    const script = client.script<Reply>(lua);
    return (...args: readonly (string | number)[]) => script(0, ...args);
  };
  return {
    flush: run<unknown>("return redis.call('FLUSHALL')"),
    keys: run<readonly string[]>("return redis.call('KEYS', '*')"),
    /** Everything that a key holds, as one text. */
    text: run<string>(
      "local held = {} for _, key in ipairs(redis.call('KEYS', '*')) do " +
        "held[#held + 1] = key .. redis.call('DUMP', key) end return table.concat(held)",
    ),
    /** Milliseconds for which a key stays; below 0: for ever. */
    staysMs: run<number>("return redis.call('PTTL', ARGV[1])"),
    remove: run<number>("return redis.call('DEL', ARGV[1])"),
    /** Keeps all keys as they are now, with the times at which they end, under two keys of its own. */
    snapshot: run<unknown>(
      `${now} redis.call('DEL', 'snapshot', 'ends') for _, key in ipairs(redis.call('KEYS', '*')) do ` +
        "local left = redis.call('PTTL', key) " +
        "redis.call('HSET', 'ends', key, left < 0 and 0 or now + left) " +
        "redis.call('HSET', 'snapshot', key, redis.call('DUMP', key)) end",
    ),
    /** Puts all keys back as they were, but for those that have ended; false: they were not kept. */
    rollBack: run<number>(
      `${now} local kept = redis.call('HGETALL', 'snapshot') if #kept == 0 then return 0 end ` +
        "for _, key in ipairs(redis.call('KEYS', '*')) do " +
        "if key ~= 'snapshot' and key ~= 'ends' then redis.call('DEL', key) end end " +
        "for n = 1, #kept, 2 do local ends = tonumber(redis.call('HGET', 'ends', kept[n])) " +
        "if ends == 0 or ends > now then " +
        "redis.call('RESTORE', kept[n], ends == 0 and 0 or ends - now, kept[n + 1]) end end return 1",
    ),
    close: () => client.close(),
  };
};
