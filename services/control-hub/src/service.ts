import { defineService, type HttpPorts, ownHttp, view } from "@hybrid/service";
import { addressSettings, type HubConfig, hubSettings, readHubConfig } from "./config.ts";
import { histories, organisations } from "./views.ts";

/** The service as one value. */
export const service = defineService({
  name: "control-hub",
  purpose: "Serves the administrator's page and the API that it stands on.",
  settings: { vocabulary: hubSettings, read: readHubConfig },
  parts: [
    view(organisations),
    view(histories),
    ownHttp({
      address: addressSettings,
      open: async (ports: HttpPorts<HubConfig>) => {
        const { startHub } = await import("./start-hub.ts");
        return startHub(ports);
      },
    }),
  ],
});
