import { meetingRulesFrom, meetingRulesView } from "@hybrid/address-rules";
import type { HttpPorts, OpenedRoutes } from "@hybrid/service";
import { Gauge, Histogram } from "prom-client";
import { RedisMeetingView } from "../adapters/redis-view/redis-meeting-view.ts";
import type { MeetingsConfig } from "../config.ts";
import { meetingLists } from "../meeting-list.ts";
import { Access } from "./access.ts";
import { openHub } from "./change-hub.ts";
import { MeetingLists } from "./lists.ts";
import type { MeetingView } from "./meeting-view.ts";
import { meetingsApi } from "./routes.ts";

/** The API on what a process gives. */
export const openApiRoutes = async ({
  config,
  scheduler,
  logger,
  registry,
  clients,
  view,
  shared,
  requests,
}: HttpPorts<MeetingsConfig, "graph">): Promise<OpenedRoutes> => {
  const registers = [registry];
  const listed = new Histogram({
    name: "hybrid_meetings_list_seconds",
    help: "Time to answer with a page of somebody's meetings.",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5],
    registers,
  });
  const streams = new Gauge({
    name: "hybrid_meetings_streams",
    help: "Clients that wait for changes of their meetings.",
    registers,
  });
  if (config.tokenKey === null)
    logger.warn(
      { setting: "MEETINGS_TOKEN_KEY" },
      "the API of meetings lets nobody in: the setting is missing",
    );
  const elsewhere = shared(meetingLists);
  const lists: MeetingView =
    elsewhere instanceof RedisMeetingView ? elsewhere : new MeetingLists(view(meetingLists));
  return {
    notReady: async () => lists.notReady(),
    plugin: meetingsApi({
      access: new Access(config.tokenKey, scheduler),
      lists,
      hub: openHub(lists, { scheduler, logger }),
      events: clients.graph.events,
      meetings: clients.graph.meetings,
      rulesOf: meetingRulesFrom(view(meetingRulesView)),
      scheduler,
      policy: config.join,
      streamsMax: config.streamsMax,
      requests: await requests(),
      onTrouble: (error) => logger.error({ err: error }, "it could not be kept what a request has done"),
      onListed: (seconds) => listed.observe(seconds),
      onStreams: (count) => streams.set(count),
    }),
  };
};
