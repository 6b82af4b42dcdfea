import { redisUrl } from "@hybrid/settings";

/** Where workers share what one process cannot keep alone; read by each client that does. */
export const redisSettings = { REDIS_URL: redisUrl.optional() };
