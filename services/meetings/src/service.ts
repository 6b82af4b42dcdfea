import {
  actors,
  defineService,
  delegationView,
  type HttpPorts,
  type Ports,
  sharedHttp,
  view,
} from "@hybrid/service";
import { type MeetingsConfig, meetingsSettings, readMeetingsConfig } from "./config.ts";
import { meetingLists } from "./meeting-list.ts";
import { roomsTopology } from "./rooms-topology.ts";
import { meetingsTopology } from "./topology.ts";

const handlers = async ({ clients: { graph } }: Ports<MeetingsConfig, "graph">) => {
  const [{ graphCalendar }, { meetingsHandlers }] = await Promise.all([
    import("./adapters/graph-calendar.ts"),
    import("./adapters/read-page.ts"),
  ]);
  return meetingsHandlers(graphCalendar(graph.events));
};

const handlersOfRooms = async ({ config, scheduler, clients }: Ports<MeetingsConfig, "graph" | "webex">) => {
  const [{ graphCalendar }, { roomHandlers }] = await Promise.all([
    import("./adapters/graph-calendar.ts"),
    import("./adapters/room-handlers.ts"),
  ]);
  const { graph, webex } = clients;
  return roomHandlers({
    calendar: graphCalendar(graph.events),
    subscriptions: graph.subscriptions,
    users: graph.users,
    webex,
    clock: scheduler,
    watching: config.watching,
  });
};

const open = async (ports: HttpPorts<MeetingsConfig, "graph">) => {
  const { openApiRoutes } = await import("./api/open.ts");
  return openApiRoutes(ports);
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
    view(meetingLists),
    sharedHttp({ prefix: "/api/meetings", clients: ["graph"], open }),
  ],
});
