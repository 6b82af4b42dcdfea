export { type IngestConfig, readIngestConfig } from "./config.ts";
export { createIngest, type Ingest, type IngestOptions } from "./ingest.ts";
export { type NotificationIngestParts, startNotificationIngest } from "./main.ts";
export { ingestTopics } from "./records.ts";
