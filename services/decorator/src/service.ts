import { meetingRulesFrom, meetingRulesView } from "@hybrid/address-rules";
import { sealHandlers } from "@hybrid/sealing";
import { actors, defineService, delegationView, type Ports, view } from "@hybrid/service";
import type { OwnRulesOf } from "./adapters/ports.ts";
import { type DecoratorConfig, decoratorSettings, readDecoratorConfig } from "./config.ts";
import { decoratorTexts, decoratorTopology } from "./topology.ts";

type Given = Ports<DecoratorConfig, "graph" | "webex">;

const handlers = async ({ config, scheduler, view: viewOf, clients: { graph, webex } }: Given) => {
  const [{ graphPorts }, { decoratorHandlers }, { webexRooms }] = await Promise.all([
    import("./adapters/graph-ports.ts"),
    import("./adapters/handlers.ts"),
    import("./adapters/webex-rooms.ts"),
  ]);
  const ports = { ...graphPorts(graph), webex: webexRooms(webex), clock: scheduler };
  const rulesOf = meetingRulesFrom(viewOf(meetingRulesView));
  const ownRulesOf: OwnRulesOf = async (org, signal) => (await rulesOf(org, signal)).own;
  return sealHandlers(decoratorHandlers({ ...ports, ownRulesOf, cache: config.cache }), decoratorTexts);
};

/** The service as one value. */
export const service = defineService({
  name: "decorator",
  purpose: "Puts join details into the meetings that ask for them, and takes them out again.",
  settings: { vocabulary: decoratorSettings, read: readDecoratorConfig },
  parts: [
    view(delegationView),
    actors({ topology: decoratorTopology, clients: ["graph", "webex"], handlers }),
    view(meetingRulesView),
  ],
});
