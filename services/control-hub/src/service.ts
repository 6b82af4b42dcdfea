import { defineService, type HttpPorts, ownHttp, type Service, view } from "@hybrid/service";
import { Faults } from "@hybrid/settings";
import { addressSettings, type HubConfig, hubSettings, readHubConfig } from "./config.ts";
import type { DeskSource } from "./desk.ts";
import { histories, organisations } from "./views.ts";

export type { DeskSource, HubDesk } from "./desk.ts";

interface ServedConfig<Values> {
  readonly hub: HubConfig;
  readonly desk: Values;
}

const what = "control-hub cannot start with this configuration";

/** The service as one value, with what the others do for its page. */
export const hubService = <Values>(desk: DeskSource<Values>): Service<ServedConfig<Values>> =>
  defineService({
    name: "control-hub",
    purpose: "Serves the administrator's page and the API that it stands on.",
    settings: {
      vocabulary: { ...hubSettings, ...desk.settings.vocabulary },
      read: (variables) => {
        const faults = new Faults();
        const hub = faults.gather(() => readHubConfig(variables));
        const values = faults.gather(() => desk.settings.read(variables));
        faults.raise(what);
        // Without a fault both are there.
        return { hub: hub as HubConfig, desk: values as Values };
      },
    },
    parts: [
      view(organisations),
      view(histories),
      ownHttp({
        address: addressSettings,
        clients: ["graph", "archiveGraph", "webex"],
        open: async (ports: HttpPorts<ServedConfig<Values>, "graph" | "archiveGraph" | "webex">) => {
          const { config, clients, scheduler, logger } = ports;
          const { startHub } = await import("./start-hub.ts");
          const opened = await desk.open({ values: config.desk, clients, scheduler, logger });
          return startHub({ ...ports, config: config.hub }, opened);
        },
      }),
    ],
  });
