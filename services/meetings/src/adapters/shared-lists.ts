import type { SharedView, SharedViewPorts } from "@hybrid/service";
import { Counter, Gauge } from "prom-client";
import type { MeetingsConfig } from "../config.ts";
import type { WriterEvents } from "./redis-view/partition-writer.ts";
import { RedisMeetingView } from "./redis-view/redis-meeting-view.ts";

type Ports = SharedViewPorts<MeetingsConfig>;

const eventsOf = ({ registry, logger, onApplied, onSkipped }: Ports): WriterEvents => {
  const registers = [registry];
  const rebuilds = new Counter({
    name: "hybrid_meetings_view_rebuilds_total",
    help: "Partitions of the lists in Redis that were begun from nothing.",
    labelNames: ["why"],
    registers,
  });
  const refused = new Counter({
    name: "hybrid_meetings_view_refused_total",
    help: "Writes of lists that Redis refused, because another process writes them or something is missing.",
    labelNames: ["why"],
    registers,
  });
  return {
    onApplied,
    onSkipped: (place, reason) => {
      onSkipped();
      logger.warn({ view: "meeting-lists", ...place, reason }, "a record is left out of a view");
    },
    onRebuild: (partition, why) => {
      rebuilds.inc({ why });
      logger.info({ partition, why }, "lists of a partition are rebuilt in Redis");
    },
    onRefused: (partition, why) => {
      refused.inc({ why });
      logger.info({ partition, why }, "a write of lists was refused; the partition is looked at again");
    },
  };
};

const gaugesOf = ({ registry }: Ports, view: () => RedisMeetingView): void => {
  const registers = [registry];
  const lag: Gauge = new Gauge({
    name: "hybrid_meetings_view_lag",
    help: "Records that this process has still to read for the lists that it writes in Redis.",
    registers,
    collect: (): void => lag.set(view().standing().lag),
  });
  const partitions: Gauge = new Gauge({
    name: "hybrid_meetings_view_partitions",
    help: "Partitions of the lists in Redis that this process writes.",
    registers,
    collect: (): void => partitions.set(view().standing().partitions),
  });
};

/** The lists in Redis, where the settings and the log want them there; null: they are in a file. */
export const openSharedLists = async (ports: Ports): Promise<SharedView | null> => {
  const { config, isFleet, partitions, scheduler, logger } = ports;
  const isWanted = config.view === "redis" || (config.view === "auto" && isFleet);
  if (!isWanted || config.redisUrl === null) return null;
  const { redisUrl: url } = config;
  const view = await RedisMeetingView.open({ url, partitions, scheduler, logger, events: eventsOf(ports) });
  gaugesOf(ports, () => view);
  return view;
};
