import { openRedisClient } from "@hybrid/redis";

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
    /** Keeps all keys as they are now, under a key of its own. */
    snapshot: run<unknown>(
      "redis.call('DEL', 'snapshot') for _, key in ipairs(redis.call('KEYS', '*')) do " +
        "redis.call('HSET', 'snapshot', key, redis.call('DUMP', key)) end",
    ),
    /** Puts all keys back as they were; false: they were not kept. */
    rollBack: run<number>(
      "local kept = redis.call('HGETALL', 'snapshot') if #kept == 0 then return 0 end " +
        "for _, key in ipairs(redis.call('KEYS', '*')) do " +
        "if key ~= 'snapshot' then redis.call('DEL', key) end end " +
        "for n = 1, #kept, 2 do redis.call('RESTORE', kept[n], 0, kept[n + 1]) end return 1",
    ),
    close: () => client.close(),
  };
};
