import { readUrl, secret } from "@hybrid/settings";

/** Where workers share what one process cannot keep alone; read by each client that does. */
export const redisSettings = {
  REDIS_URL: secret({
    meaning:
      "Redis that keeps Graph's limits for all workers, the tokens that WEBEX_CLIENT_ID renews, and, sealed" +
      " by KEY_ENCRYPTION_KEYS, the tokens of Microsoft Entra. When left out, each worker has limits and " +
      "tokens of its own, and those for Webex are in WEBEX_TOKENS_FILE.",
    form: "address",
    read: readUrl({
      meaning: "",
      protocols: ["redis", "rediss"],
      must: "redis://[user:password@]host[:port], or rediss:// for TLS",
    }),
  }).optional(),
};
