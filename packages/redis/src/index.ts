export { endLockScript, keepLockScript, takeLockScript } from "./lock-scripts.ts";
export { openRedisClient, type RedisClient, type RedisClientOptions } from "./redis-client.ts";
export { type RedisTrouble, redisTrouble } from "./redis-trouble.ts";
