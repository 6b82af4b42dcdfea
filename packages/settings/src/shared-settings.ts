import { secret } from "./secrets.ts";
import { readUrl, whole } from "./shapes.ts";

/** LOG_PARTITIONS of every process and service: it must say the same to all of them, for ever. */
export const logPartitions = whole({
  min: 1,
  max: 1_024,
  meaning: "Partitions of every topic, for ever; 8 when embedded, 48 on Kafka when left out.",
});

/** REDIS_URL: what workers share that one process cannot keep alone. */
export const redisUrl = secret({
  meaning:
    "Redis that keeps Graph's limits for all workers, the tokens that WEBEX_CLIENT_ID renews, the lists of " +
    "meetings (MEETINGS_VIEW), the sessions of the administrator's page, which requests with an " +
    "Idempotency-Key were carried out and, sealed by KEY_ENCRYPTION_KEYS, the tokens of Microsoft Entra. " +
    "When left out, each worker has limits, lists, tokens and requests of its own, those for Webex are in " +
    "WEBEX_TOKENS_FILE, and a restart of the page signs everybody out.",
  form: "address",
  read: readUrl({
    meaning: "",
    protocols: ["redis", "rediss"],
    must: "redis://[user:password@]host[:port], or rediss:// for TLS",
  }),
});
