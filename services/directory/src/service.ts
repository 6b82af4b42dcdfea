import { actors, defineService, noSettings, type Ports } from "@hybrid/service";
import { directoryTopology } from "./topology.ts";

const handlers = async ({ scheduler, clients: { graph, webex } }: Ports<unknown, "graph" | "webex">) => {
  const { directoryHandlers } = await import("./adapters/handlers.ts");
  return directoryHandlers({ graph, webex, clock: scheduler });
};

/** The service as one value. */
export const service = defineService({
  name: "directory",
  purpose: "Knows who is in an organisation, and decides for its tenants.",
  settings: noSettings,
  parts: [actors({ topology: directoryTopology, clients: ["graph", "webex"], handlers })],
});
