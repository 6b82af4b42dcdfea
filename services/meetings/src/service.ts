import { meetingRulesFrom, meetingRulesView } from "@hybrid/address-rules";
import { sealHandlers } from "@hybrid/sealing";
import { actors, defineService, type HttpPorts, type Ports, sharedHttp, view } from "@hybrid/service";
import { type MeetingsConfig, meetingsSettings, readMeetingsConfig } from "./config.ts";
import { meetingLists } from "./meeting-list.ts";
import { roomsTopology } from "./rooms-topology.ts";
import { meetingsTopology } from "./topology.ts";
import { listTexts, roomTexts } from "./whose-texts.ts";

const handlers = async ({ view: viewOf, clients: { graph } }: Ports<MeetingsConfig, "graph">) => {
  const [{ graphCalendar }, { meetingsHandlers }] = await Promise.all([
    import("./adapters/graph-calendar.ts"),
    import("./adapters/read-page.ts"),
  ]);
  const rulesOf = meetingRulesFrom(viewOf(meetingRulesView));
  return sealHandlers(meetingsHandlers(graphCalendar(graph.events), rulesOf), listTexts);
};

const handlersOfRooms = async (ports: Ports<MeetingsConfig, "graph" | "webex">) => {
  const { config, scheduler, view: viewOf, clients } = ports;
  const [{ graphCalendar }, { roomHandlers }] = await Promise.all([
    import("./adapters/graph-calendar.ts"),
    import("./adapters/room-handlers.ts"),
  ]);
  const { graph, webex } = clients;
  const { subscriptions, users, events } = graph;
  const rulesOf = meetingRulesFrom(viewOf(meetingRulesView));
  const given = { webex, clock: scheduler, rulesOf, watching: config.watching };
  return sealHandlers(
    roomHandlers({ ...given, calendar: graphCalendar(events), subscriptions, users }),
    roomTexts,
  );
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
    actors({ topology: meetingsTopology, clients: ["graph"], handlers }),
    actors({
      topology: roomsTopology(),
      configured: (config: MeetingsConfig) => roomsTopology(config),
      clients: ["graph", "webex"],
      handlers: handlersOfRooms,
    }),
    view(meetingLists),
    view(meetingRulesView),
    sharedHttp({ prefix: "/api/meetings", clients: ["graph"], open }),
  ],
});
