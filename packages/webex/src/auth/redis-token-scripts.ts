/** Where one set of tokens and its lock are in Redis. */
export interface RedisTokenKeys {
  readonly lock: string;
  readonly tokens: string;
}

/**
 * The keys of one name, under a hash tag: a cluster keeps both in one slot, which a script over both asks for
 * (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags).
 */
export const redisTokenKeys = (name: string): RedisTokenKeys => {
  // A brace would end the tag early.
  const tag = `{hybrid webex ${encodeURIComponent(name)}}`;
  return { lock: `${tag}:lock`, tokens: `${tag}:tokens` };
};

/** Writes for who has the lock, nobody else. KEYS: the lock, the tokens. ARGV: the owner, the text. */
export const saveScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return 1
`;
