import { sealHandlers } from "@hybrid/sealing";
import { actors, defineService, delegationView, type Ports, view } from "@hybrid/service";
import { type GroupConfig, groupSettings, readGroupConfig } from "./config.ts";
import { teamStandings } from "./team-standings.ts";
import { groupTopology } from "./topology.ts";
import { groupTexts } from "./whose-texts.ts";

const handlers = async (ports: Ports<GroupConfig, "groupsGraph" | "webex">) => {
  const { config, clients, registry } = ports;
  const { groupsGraph: graph, webex } = clients;
  const [{ groupHandlers }, { registerTeamFigures }] = await Promise.all([
    import("./adapters/handlers.ts"),
    import("./adapters/team-figures.ts"),
  ]);
  registerTeamFigures(registry, ports.view(teamStandings));
  const { isGlobalInstance } = config;
  return sealHandlers(groupHandlers({ graph, webex, isGlobalInstance }), groupTexts);
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
      clients: ["groupsGraph", "webex"],
      handlers,
    }),
    view(teamStandings),
    // By it the way to Graph knows tenants that are connected user by user.
    view(delegationView),
  ],
});
