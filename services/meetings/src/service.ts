import { meetingRulesFrom, meetingRulesView } from "@hybrid/address-rules";
import { sealHandlers } from "@hybrid/sealing";
import {
  actors,
  defineService,
  delegationView,
  type HttpPorts,
  type Ports,
  type SharedViewPorts,
  sharedHttp,
  view,
} from "@hybrid/service";
import { type MeetingsConfig, meetingsSettings, readMeetingsConfig } from "./config.ts";
import { meetingLists } from "./meeting-list.ts";
import { pagePath } from "./page/page-path.ts";
import { roomsTopology } from "./rooms-topology.ts";
import { meetingsTopology } from "./topology.ts";
import { listTexts, roomTexts } from "./whose-texts.ts";

const handlers = async (ports: Ports<MeetingsConfig, "graph">) => {
  const [{ graphCalendar }, { meetingsHandlers }, { changeSeconds }] = await Promise.all([
    import("./adapters/graph-calendar.ts"),
    import("./adapters/read-page.ts"),
    import("./adapters/change-seconds.ts"),
  ]);
  const lists = meetingsHandlers({
    calendar: graphCalendar(ports.clients.graph.events),
    rulesOf: meetingRulesFrom(ports.view(meetingRulesView)),
    clock: ports.scheduler,
    onListed: changeSeconds(ports.registry, "list"),
  });
  return sealHandlers(lists, listTexts);
};

const handlersOfRooms = async (ports: Ports<MeetingsConfig, "graph" | "webex">) => {
  const { config, scheduler, view: viewOf, clients, registry } = ports;
  const [{ graphCalendar }, { roomHandlers }, { changeSeconds }] = await Promise.all([
    import("./adapters/graph-calendar.ts"),
    import("./adapters/room-handlers.ts"),
    import("./adapters/change-seconds.ts"),
  ]);
  const { graph, webex } = clients;
  const rooms = roomHandlers({
    calendar: graphCalendar(graph.events),
    subscriptions: graph.subscriptions,
    users: graph.users,
    webex,
    clock: scheduler,
    rulesOf: meetingRulesFrom(viewOf(meetingRulesView)),
    watching: config.watching,
    onShown: changeSeconds(registry, "device"),
  });
  return sealHandlers(rooms, roomTexts);
};

const open = async (ports: HttpPorts<MeetingsConfig, "graph">) => {
  const { openApiRoutes } = await import("./api/open.ts");
  return openApiRoutes(ports);
};

const sharedLists = async (ports: SharedViewPorts<MeetingsConfig>) => {
  const { openSharedLists } = await import("./adapters/shared-lists.ts");
  return openSharedLists(ports);
};

const openPage = async () => {
  const { pageRoutes } = await import("./page/page-routes.ts");
  return { plugin: pageRoutes };
};

/** The service as one value. */
export const service = defineService({
  name: "meetings",
  purpose: "Keeps everybody's list of meetings, and tells apps and devices of rooms when one can be joined.",
  settings: { vocabulary: meetingsSettings, read: readMeetingsConfig },
  parts: [
    view(delegationView),
    actors({ topology: meetingsTopology, clients: ["graph"], handlers }),
    actors({
      topology: roomsTopology(),
      configured: (config: MeetingsConfig) => roomsTopology(config),
      clients: ["graph", "webex"],
      handlers: handlersOfRooms,
    }),
    view(meetingLists, sharedLists),
    view(meetingRulesView),
    sharedHttp({ prefix: pagePath, open: openPage }),
    sharedHttp({ prefix: "/api/meetings", clients: ["graph"], open }),
  ],
});
