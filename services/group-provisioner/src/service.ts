import { actors, defineService, type Ports } from "@hybrid/service";
import { type GroupConfig, groupSettings, readGroupConfig } from "./config.ts";
import { groupTopology } from "./topology.ts";

const handlers = async ({ config, clients: { graph, webex } }: Ports<GroupConfig, "graph" | "webex">) => {
  const { groupHandlers } = await import("./adapters/handlers.ts");
  return groupHandlers({ graph, webex, isGlobalInstance: config.isGlobalInstance });
};

/** The service as one value. */
export const service = defineService({
  name: "group-provisioner",
  purpose: "Gives Webex teams Microsoft 365 groups, and lets the teams follow them.",
  settings: { vocabulary: groupSettings, read: readGroupConfig },
  parts: [
    actors({
      topology: groupTopology(),
      configured: ({ numbers }: GroupConfig) => groupTopology(numbers),
      clients: ["graph", "webex"],
      handlers,
    }),
  ],
});
