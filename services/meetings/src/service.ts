import { actors, defineService, type HttpPorts, type Ports, sharedHttp, view } from "@hybrid/service";
import { type MeetingsConfig, meetingsSettings, readMeetingsConfig } from "./config.ts";
import { meetingLists } from "./meeting-list.ts";
import { meetingsTopology } from "./topology.ts";

const handlers = async ({ clients: { graph } }: Ports<MeetingsConfig, "graph">) => {
  const [{ graphCalendar }, { meetingsHandlers }] = await Promise.all([
    import("./adapters/graph-calendar.ts"),
    import("./adapters/read-page.ts"),
  ]);
  return meetingsHandlers(graphCalendar(graph.events));
};

const open = async (ports: HttpPorts<MeetingsConfig, "graph">) => {
  const { openApiRoutes } = await import("./api/open.ts");
  return openApiRoutes(ports);
};

/** The service as one value. */
export const service = defineService({
  name: "meetings",
  purpose: "Keeps everybody's list of meetings, and tells apps when one can be joined.",
  settings: { vocabulary: meetingsSettings, read: readMeetingsConfig },
  parts: [
    actors({ topology: meetingsTopology, clients: ["graph"], handlers }),
    view(meetingLists),
    sharedHttp({ prefix: "/api/meetings", clients: ["graph"], open }),
  ],
});
