import { openRedisClient, type RedisClient } from "@hybrid/redis";
import { listedMax, type SessionStore } from "./session-store.ts";

/** Sessions cannot be looked up now; nobody is signed out by it. */
export class SessionsUnavailable extends Error {
  override readonly name = "SessionsUnavailable";
}

/** Keys on a list stand one after another, each behind a blank. */
const putScript = `
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
  for n = 2, #KEYS do
    local text = (redis.call('GET', KEYS[n]) or '') .. ' ' .. ARGV[2]
    local longest = tonumber(ARGV[4]) * (#ARGV[2] + 1)
    redis.call('SET', KEYS[n], string.sub(text, -longest), 'PX', ARGV[3])
  end
  return 1`;

const removeScript = "return redis.call('DEL', KEYS[1])";

const onceScript = "return redis.call('SET', KEYS[1], '1', 'PX', ARGV[1], 'NX') and 1 or 0";

const deadlineMs = 2_000;

const prefix = "hybrid-hub";
const sessionKey = (key: string): string => `${prefix}:session:${key}`;
const listKey = (list: string): string => `${prefix}:list:${list}`;

/** What the error of a command says, without the error itself, which holds the command. */
const unavailable = (client: RedisClient, error: unknown): SessionsUnavailable => {
  const { reason, advice } = client.troubleOf(error);
  return new SessionsUnavailable(
    `Redis at ${client.address} (REDIS_URL), which keeps sessions, does not answer: ${reason}; ${advice}`,
  );
};

/**
 * Sessions in Redis, for all processes that serve the page. Rejects with ConfigError when only somebody's
 * hand can mend the connection. What it gives rejects with SessionsUnavailable while Redis is away.
 */
export const openRedisSessions = async (options: {
  readonly url: string;
  readonly ca?: string;
}): Promise<SessionStore> => {
  const client = openRedisClient({ ...options, connectionName: "hybrid-control-hub", deadlineMs });
  const put = client.script<number>(putScript);
  const remove = client.script<number>(removeScript);
  const once = client.script<number>(onceScript);
  await client.connect();
  const ask = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      throw unavailable(client, error);
    }
  };
  return {
    put: async (key, text, lists, lifeMs) => {
      const keys = [sessionKey(key), ...lists.map(listKey)];
      await ask(() => put(keys.length, ...keys, text, key, lifeMs, listedMax));
    },
    get: (key) => ask(() => client.get(sessionKey(key))),
    remove: async (key) => (await ask(() => remove(1, sessionKey(key)))) === 1,
    listed: async (list) =>
      ((await ask(() => client.get(listKey(list)))) ?? "").split(" ").filter((key) => key !== ""),
    once: async (name, lifeMs) => (await ask(() => once(1, `${prefix}:once:${name}`, lifeMs))) === 1,
    close: () => client.close(),
  };
};
