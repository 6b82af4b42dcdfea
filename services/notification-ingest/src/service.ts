import { calendarChanges, subscriptionLifecycle, webexEvents } from "@hybrid/contracts";
import { defineService, type HttpPorts, ownHttp } from "@hybrid/service";
import { addressSettings, type IngestConfig, ingestSettings, readIngestConfig } from "./config.ts";

/** The service as one value. */
export const service = defineService({
  name: "notification-ingest",
  purpose: "Takes in what Microsoft Graph and Webex send, and makes it durable before it answers.",
  settings: { vocabulary: ingestSettings, read: readIngestConfig },
  parts: [
    ownHttp({
      address: addressSettings,
      deadLetters: [calendarChanges, subscriptionLifecycle, webexEvents],
      open: async ({ config, log, scheduler, registry, logger }: HttpPorts<IngestConfig>) => {
        const { startNotificationIngest } = await import("./main.ts");
        return startNotificationIngest({ config, log, clock: scheduler, metricsRegistry: registry, logger });
      },
    }),
  ],
});
