import { sealHandlers } from "@hybrid/sealing";
import { actors, defineService, delegationView, noSettings, type Ports, view } from "@hybrid/service";
import { directoryTopology } from "./topology.ts";
import { directoryTexts } from "./whose-texts.ts";

const handlers = async ({ scheduler, clients: { graph, webex } }: Ports<unknown, "graph" | "webex">) => {
  const { directoryHandlers } = await import("./adapters/handlers.ts");
  return sealHandlers(directoryHandlers({ graph, webex, clock: scheduler }), directoryTexts);
};

/** The service as one value. */
export const service = defineService({
  name: "directory",
  purpose: "Knows who is in an organisation, and decides for its tenants.",
  settings: noSettings,
  // What concerns a tenant as a whole is refused where users consent each for the own calendar.
  parts: [
    view(delegationView),
    actors({ topology: directoryTopology, clients: ["graph", "webex"], handlers }),
  ],
});
