import { openRedisClient } from "@hybrid/redis";
import {
  leaseMs,
  type RequestMemory,
  RequestsUnavailable,
  rememberedMs,
  type Taken,
} from "./request-memory.ts";

// A place holds the digest and, behind a blank, what was kept. Beside it stands the lease of who is at it.

/** KEYS: the place, its lease. ARGV: the digest, milliseconds of the lease and of the memory. */
const takeScript = `
local known = redis.call('GET', KEYS[1])
if not known then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
  return 'first'
end
local length = #ARGV[1]
if string.sub(known, 1, length) ~= ARGV[1] then return 'other' end
if #known > length then return 'done' .. string.sub(known, length + 1) end
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return 'busy' end
return 'again'`;

/** KEYS: the place, its lease. ARGV: what the place is to hold, milliseconds. */
const setScript = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
return 1`;

/** KEYS: the place, its lease. */
const forgetScript = "return redis.call('DEL', KEYS[1], KEYS[2])";

const deadlineMs = 2_000;

const takenOf = (reply: string): Taken => {
  if (reply.startsWith("done ")) return { kind: "done", kept: reply.slice("done ".length) };
  return { kind: reply as Exclude<Taken["kind"], "done"> };
};

/**
 * The memory in Redis, for all processes of a service. Rejects with ConfigError when only somebody's hand can
 * mend the connection.
 */
export const openRedisRequestMemory = async ({
  url,
  service,
}: {
  readonly url: string;
  readonly service: string;
}): Promise<RequestMemory> => {
  const client = openRedisClient({ url, connectionName: `hybrid-requests-${service}`, deadlineMs });
  const take = client.script<string>(takeScript);
  const set = client.script<number>(setScript);
  const forget = client.script<number>(forgetScript);
  await client.connect();
  const keysOf = (place: string) => {
    const key = `hybrid-requests:${service}:${place}`;
    return [key, `${key}:lease`] as const;
  };
  const ask = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      const { reason, advice } = client.troubleOf(error);
      throw new RequestsUnavailable(
        `Redis at ${client.address} (REDIS_URL), which keeps the requests that were carried out, does not ` +
          `answer: ${reason}; ${advice}`,
      );
    }
  };
  const put = async (place: string, text: string): Promise<void> => {
    await ask(() => set(2, ...keysOf(place), text, rememberedMs));
  };
  return {
    take: async ({ place, digest }) =>
      takenOf(await ask(() => take(2, ...keysOf(place), digest, leaseMs, rememberedMs))),
    keep: ({ place, digest }, kept) => put(place, `${digest} ${kept}`),
    forget: async ({ place }) => {
      await ask(() => forget(2, ...keysOf(place)));
    },
    release: ({ place, digest }) => put(place, digest),
    note: (name, text) => put(`note ${name}`, text),
    noted: (name) => ask(() => client.get(keysOf(`note ${name}`)[0])),
    close: async () => client.close(),
  };
};
