/**
 * The lock for an owner, for a time. An owner who asks again because the answer was lost has it already.
 * KEYS: the lock. ARGV: the owner, milliseconds. Answers 1, or 0 when another has it
 * (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/).
 */
export const takeLockScript = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0
`;

/** More time for who still has the lock; KEYS, ARGV and answer as in {@link takeLockScript}. */
export const keepLockScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** Ends the lock of its owner, and of nobody else. KEYS: the lock. ARGV: the owner. */
export const endLockScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;
