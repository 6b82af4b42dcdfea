// KEYS of every script but the first: as `keysOf` gives them. Each runs as a whole or not at all, so what one
// reads or writes is of one moment.

/** Says that a process is there. KEYS: members. ARGV: process, ms that it counts for. Answers with all. */
export const beatScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZRANGE', KEYS[1], 0, -1)
`;

/** Takes a process out. KEYS: members. ARGV: process. */
export const leaveScript = "return redis.call('ZREM', KEYS[1], ARGV[1])";

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * Whether all is there that was written: Redis may have dropped a key for want of memory, and somebody may
 * have deleted one. Half a list would look like a whole one.
 */
const sound = `
local function sound()
  local meta = redis.call('HMGET', KEYS[1], 'build', 'rows', 'mailboxes', 'changes')
  if not meta[1] then return false end
  local rows = tonumber(meta[2])
  return redis.call('HLEN', KEYS[2]) == rows and redis.call('ZCARD', KEYS[3]) == rows
    and redis.call('HLEN', KEYS[4]) == tonumber(meta[3]) and redis.call('ZCARD', KEYS[5]) == tonumber(meta[4])
end
`;

/** Throws everything of the partition away and begins a build. */
const wipe = `
local function wipe(build)
  redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
  redis.call('HSET', KEYS[1], 'build', build, 'ready', 0, 'rows', 0, 'mailboxes', 0, 'changes', 0,
    'from', 0, 'at', now)
end
`;

const server = `
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
`;

/**
 * Makes a process the writer of a partition, unless another one is. ARGV: process, ms of the lease, name of
 * a build that may begin, ms after which what was written is too old, build and place that the process wrote
 * last. Answers 0, or 1 with: why it is rebuilt or empty, build, next offsets of meetings and of mailboxes,
 * ready.
 *
 * After a restart of Redis, or a failover, the latest writes may be missing: rows and places are of one
 * moment and go on from there, but who reads changes must begin again.
 */
export const takeScript = `${now}${sound}${wipe}${server}
local writer = redis.call('GET', KEYS[6])
if writer and writer ~= ARGV[1] then return {0} end
redis.call('SET', KEYS[6], ARGV[1], 'PX', ARGV[2])
local why = ''
if redis.call('EXISTS', KEYS[1]) == 0 then why = 'empty'
elseif not sound() then why = 'incomplete'
elseif now - redis.call('HGET', KEYS[1], 'at') > tonumber(ARGV[4]) then why = 'tooOld' end
if why ~= '' then wipe(ARGV[3])
else
  local meta = redis.call('HMGET', KEYS[1], 'build', 'meetings', 'server')
  local isBehind = meta[1] == ARGV[5] and tonumber(meta[2] or 0) < tonumber(ARGV[6])
  if meta[3] ~= server or isBehind then redis.call('HSET', KEYS[1], 'build', ARGV[3], 'ready', 0) end
end
redis.call('HSET', KEYS[1], 'server', server)
local meta = redis.call('HMGET', KEYS[1], 'build', 'meetings', 'users', 'ready')
return {1, why, meta[1], meta[2] or '', meta[3] or '', meta[4]}
`;

/** Refuses who is not the writer, and who goes on from another place than the partition is at. */
const fence = `
if redis.call('GET', KEYS[6]) ~= ARGV[1] then return 'fenced' end
if not sound() then return 'incomplete' end
`;

/**
 * More time for the writer. ARGV: process, ms of the lease, ms that the keys live without a writer, next
 * offsets of meetings and of mailboxes or `*`, whether everything in the log is here (1 or 0), the build, and
 * whether the writer has settled it: an older snapshot may be at the same place, and not be settled.
 */
export const keepScript = `${now}${sound}${fence}
local at = redis.call('HMGET', KEYS[1], 'meetings', 'users', 'build', 'ready')
if ARGV[4] ~= '*' and ((at[1] or '') ~= ARGV[4] or (at[2] or '') ~= ARGV[5]) then return 'moved' end
if at[3] ~= ARGV[7] or (ARGV[8] == '1' and at[4] ~= '1') then return 'moved' end
redis.call('SET', KEYS[6], ARGV[1], 'PX', ARGV[2])
for n = 1, 5 do redis.call('PEXPIRE', KEYS[n], ARGV[3]) end
if ARGV[6] == '1' then redis.call('HSET', KEYS[1], 'at', now) end
return 'done'
`;

/** Throws everything away. ARGV: process, name of the build that begins. */
export const resetScript = `${now}${wipe}
if redis.call('GET', KEYS[6]) ~= ARGV[1] then return 'fenced' end
wipe(ARGV[2])
return 'done'
`;

/** All that was in the log is here: lists may be read, and changes are told from now on. ARGV: process. */
export const settleScript = `${now}${sound}${fence}
if redis.call('HGET', KEYS[1], 'ready') ~= '1' then
  redis.call('UNLINK', KEYS[5])
  redis.call('HSET', KEYS[1], 'ready', 1, 'changes', 0, 'at', now,
    'from', redis.call('HGET', KEYS[1], 'meetings') or 0)
end
return 'done'
`;

/**
 * A page of records with the place behind it. ARGV: process, `meetings` or `users`, place before and behind,
 * whether everything in the log is here then, changes that are kept, channel, partition; then for each change
 * three: record key, entry of the index, row (empty: it has none).
 */
export const applyScript = `${now}${sound}${fence}
if (redis.call('HGET', KEYS[1], ARGV[2]) or '') ~= ARGV[3] then return 'moved' end
local isReady = redis.call('HGET', KEYS[1], 'ready') == '1'
local isMeetings = ARGV[2] == 'meetings'
local rows = isMeetings and KEYS[2] or KEYS[4]
for n = 9, #ARGV, 3 do
  local key, entry, row = ARGV[n], ARGV[n + 1], ARGV[n + 2]
  if isMeetings then
    local old = redis.call('HGET', rows, key)
    local before = old and string.match(old, '^[^\\n]*')
    if before and before ~= entry then redis.call('ZREM', KEYS[3], before) end
    if row ~= '' then
      if before ~= entry then redis.call('ZADD', KEYS[3], 0, entry) end
      row = entry .. '\\n' .. row
    end
    if isReady then redis.call('ZADD', KEYS[5], ARGV[4], key) end
  end
  if row == '' then redis.call('HDEL', rows, key) else redis.call('HSET', rows, key, row) end
end
local over = redis.call('ZCARD', KEYS[5]) - ARGV[6]
if over > ARGV[6] / 10 then
  local last = redis.call('ZRANGE', KEYS[5], over - 1, over - 1, 'WITHSCORES')[2]
  redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', last)
  redis.call('HSET', KEYS[1], 'from', last)
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[4], 'rows', redis.call('HLEN', KEYS[2]),
  'mailboxes', redis.call('HLEN', KEYS[4]), 'changes', redis.call('ZCARD', KEYS[5]))
if ARGV[5] == '1' then redis.call('HSET', KEYS[1], 'at', now) end
if isMeetings and isReady then redis.call('PUBLISH', ARGV[7], ARGV[8]) end
return 'done'
`;

/** Refuses to read what is not whole or not of now. The first value of ARGV: ms that it may be behind. */
const whole = `${now}${sound}
local meta = redis.call('HMGET', KEYS[1], 'ready', 'at')
if not meta[1] then return {'empty'} end
if not sound() then return {'incomplete'} end
if meta[1] ~= '1' then return {'building'} end
if now - meta[2] > tonumber(ARGV[1]) then return {'behind'} end
`;

/** Whether lists of a partition can be read. */
export const lookScript = `${whole}
return {'whole'}
`;

/**
 * Rows of one owner by start and id. ARGV: ms, bounds of the index (ZRANGE BYLEX), the earliest end, the most
 * rows. Answers with rows as they stand: entry, newline, text.
 */
export const pageScript = `${whole}
local found, skip, limit = {'whole'}, 0, tonumber(ARGV[5])
while true do
  local entries = redis.call('ZRANGE', KEYS[3], ARGV[2], ARGV[3], 'BYLEX', 'LIMIT', skip, limit)
  for _, entry in ipairs(entries) do
    local owner, id, ends = string.match(entry, '^(%S+) %S+ (%S+) (%S+)$')
    if ends >= ARGV[4] then
      found[#found + 1] = redis.call('HGET', KEYS[2], owner .. '/' .. id)
      if #found > limit then return found end
    end
  end
  if #entries < limit then return found end
  skip = skip + #entries
end
`;

/** One row. ARGV: ms, 2 for rows or 4 for mailboxes, key. */
export const oneScript = `${whole}
return {'whole', redis.call('HGET', KEYS[tonumber(ARGV[2])], ARGV[3])}
`;

/**
 * Keys of meetings that changed behind a place. ARGV: ms, build, place, about the most keys. Answers `whole`
 * with build, new place and keys; `reset` with build and place when what came in between is not known.
 */
export const changesScript = `${whole}
local meta = redis.call('HMGET', KEYS[1], 'build', 'from', 'meetings')
local build, place = meta[1], tonumber(ARGV[3])
local last = tonumber(meta[3] or 0)
if build ~= ARGV[2] or place < tonumber(meta[2]) or place > last then
  return {'reset', build, tostring(meta[3] or 0)}
end
local limit = tonumber(ARGV[4])
local keys = redis.call('ZRANGE', KEYS[5], '(' .. ARGV[3], '+inf', 'BYSCORE', 'LIMIT', 0, limit)
local reached = tostring(meta[3] or 0)
if #keys == limit then
  -- A place is behind all that came with one page.
  reached = redis.call('ZSCORE', KEYS[5], keys[limit])
  keys = redis.call('ZRANGE', KEYS[5], '(' .. ARGV[3], reached, 'BYSCORE')
end
local answer = {'whole', build, reached}
for _, key in ipairs(keys) do answer[#answer + 1] = key end
return answer
`;
