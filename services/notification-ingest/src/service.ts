import { calendarChanges, subscriptionLifecycle } from "@hybrid/contracts";
import { defineService, type HttpPorts, ownHttp } from "@hybrid/service";
import { addressSettings, type IngestConfig, ingestSettings, readIngestConfig } from "./config.ts";

/** The service as one value. */
export const service = defineService({
  name: "notification-ingest",
  purpose: "Takes in the notifications of Microsoft Graph, and makes them durable before it answers.",
  settings: { vocabulary: ingestSettings, read: readIngestConfig },
  parts: [
    ownHttp({
      address: addressSettings,
      deadLetters: [calendarChanges, subscriptionLifecycle],
      open: async ({ config, log, scheduler, registry, logger }: HttpPorts<IngestConfig>) => {
        const { startNotificationIngest } = await import("./main.ts");
        return startNotificationIngest({ config, log, clock: scheduler, metricsRegistry: registry, logger });
      },
    }),
  ],
});
