export { type IngestConfig, readIngestConfig } from "./config.ts";
export { createIngest, type Ingest, type IngestLog, type IngestOptions } from "./ingest.ts";
export { type NotificationIngest, type NotificationIngestParts, startNotificationIngest } from "./main.ts";
export { ingestTopics } from "./records.ts";
