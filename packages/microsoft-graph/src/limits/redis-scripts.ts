import type { RateBucket, RateDecision } from "./gcra.ts";

/** Reads the time in whole microseconds; a double holds them exactly until the year 2255. */
const readNow = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function keep(key, value, us)
  redis.call('SET', key, value, 'PX', string.format('%.0f', math.ceil(us / 1000) + 60000))
end
`;

/**
 * The generic cell rate algorithm for all buckets of a request at once, in Redis. A bucket is kept as "when,
 * and how many microseconds from full it was then": the fraction of a microsecond stays exact, which a single
 * sum of 1.7e15 microseconds would round to quarters. When Redis's clock is set back, the bucket goes on from
 * where it was. Keys expire a minute after they mean nothing any more.
 *
 * KEYS: buckets, then closures. ARGV: microseconds now, or nothing for Redis's own time; cost; number of
 * buckets; per bucket the microseconds that one unit takes, and the burst. Answers: given or not,
 * milliseconds to wait, and which closure makes one wait, from 1, or 0.
 */
export const takeScript = `${readNow}
local cost, buckets = tonumber(ARGV[2]), tonumber(ARGV[3])
local values = #KEYS > 0 and redis.call('MGET', unpack(KEYS)) or {}
local closedMs, closed = 0, 0
for i = buckets + 1, #KEYS do
  if values[i] then
    local from, lasts = string.match(values[i], '^(%d+) (%d+)$')
    from, lasts = tonumber(from), tonumber(lasts)
    if from > now then
      from = now
      keep(KEYS[i], string.format('%.0f %.0f', from, lasts), lasts)
    end
    local left = math.ceil((from + lasts - now) / 1000)
    if left > closedMs then closedMs, closed = left, i - buckets end
  end
end
if closed > 0 then return {0, closedMs, closed} end
local wait, owed = 0, {}
for i = 1, buckets do
  local spacing, burst = tonumber(ARGV[2 + 2 * i]), tonumber(ARGV[3 + 2 * i])
  local debt = 0
  if values[i] then
    local since, then_ = string.match(values[i], '^(%d+) (%S+)$')
    since = tonumber(since)
    debt = math.max(0, math.min(tonumber(then_), spacing * burst) - math.max(0, now - since))
    if since > now then keep(KEYS[i], string.format('%.0f %.17g', now, debt), debt) end
  end
  owed[i] = debt + cost * spacing
  wait = math.max(wait, owed[i] - spacing * burst)
end
if wait > 0.001 then return {0, math.max(1, math.ceil((wait - 0.001) / 1000)), 0} end
for i = 1, buckets do
  keep(KEYS[i], string.format('%.0f %.17g', now, owed[i]), owed[i])
end
return {1, 0, 0}
`;

/**
 * Closes a scope: "since when, and for how many microseconds". A later end stays, and a clock that is set
 * back never opens it early. KEYS: the closure. ARGV: microseconds now, or nothing; microseconds.
 */
export const closeScript = `${readNow}
local lasts = tonumber(ARGV[2])
local known = redis.call('GET', KEYS[1])
if known then
  local from, before = string.match(known, '^(%d+) (%d+)$')
  lasts = math.max(lasts, tonumber(before) - math.max(0, now - tonumber(from)))
end
keep(KEYS[1], string.format('%.0f %.0f', now, lasts), lasts)
return 1
`;

/** What {@link takeScript} answers. */
export type TakeReply = readonly [given: number, waitMs: number, closed: number];

/** Where the scripts find things in Redis. */
export interface RedisKeys {
  readonly bucket: (key: string) => string;
  readonly closure: (scope: string) => string;
}

/**
 * Keys below one prefix, which is a hash tag too: a cluster keeps all of them in one slot, and takes a script
 * over several keys from one slot only (Redis cluster specification, hash tags). Braces in `owner` would end
 * the tag early and are left out.
 */
export const redisKeys = (owner: string): RedisKeys => {
  const tag = `{hybrid ${owner.replaceAll(/[{}]/g, "")}}`;
  return { bucket: (key) => `${tag}:rate:${key}`, closure: (scope) => `${tag}:closed:${scope}` };
};

/** What is asked of {@link takeScript}. */
export interface TakeQuestion {
  readonly buckets: readonly RateBucket[];
  readonly cost: number;
  readonly scopes: readonly string[];
  /** Microseconds, or "" for Redis's own time. */
  readonly now: string;
}

/** The arguments of {@link takeScript} as ioredis takes them: number of keys, keys, values. */
export const takeArguments = (keys: RedisKeys, question: TakeQuestion): readonly (string | number)[] => {
  const { buckets, cost, scopes, now } = question;
  return [
    buckets.length + scopes.length,
    ...buckets.map(({ key }) => keys.bucket(key)),
    ...scopes.map((scope) => keys.closure(scope)),
    now,
    cost,
    buckets.length,
    ...buckets.flatMap(({ perSecond, burst }) => [1_000_000 / perSecond, burst]),
  ];
};

/** The decision that an answer of {@link takeScript} stands for. */
export const decisionOf = ([given, waitMs, closed]: TakeReply, scopes: readonly string[]): RateDecision => {
  if (given === 1) return { allowed: true };
  const closedScope = scopes[closed - 1];
  return { allowed: false, retryAfterMs: waitMs, ...(closedScope === undefined ? {} : { closedScope }) };
};
