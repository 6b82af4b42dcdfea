import type { AnyTopicContract } from "@hybrid/contracts";
import type { Clock, Scheduler } from "@hybrid/kernel";
import { type KafkaLogSettings, type Log, type LogLogger, openEmbeddedLog, openKafkaLog } from "@hybrid/log";
import { publishingLog } from "./publishing-log.ts";
import { catalog } from "./service-list.ts";

/** Where records are kept: in a file of this machine, or on Kafka. */
export type LogPlace =
  | {
      readonly kind: "embedded";
      readonly path: string;
      readonly bytesMax?: number;
      /** False in plays alone, which need not outlive the machine: commits wait for no disk. */
      readonly synced?: boolean;
    }
  | ({ readonly kind: "kafka" } & Pick<
      KafkaLogSettings,
      "brokers" | "clientId" | "instanceId" | "ssl" | "sasl" | "sessionTimeoutMs" | "replicationFactor"
    >);

/**
 * Opens the log; a file is created when missing. What is appended through it has its schema published before.
 * Rejects as the drivers do.
 */
export const openLog = async (
  place: LogPlace,
  {
    clock,
    logger,
    topics = catalog.allTopics,
  }: {
    readonly clock: Clock | Scheduler;
    readonly logger?: LogLogger;
    /** Every topic that records are written to; the product's when left out. */
    readonly topics?: readonly AnyTopicContract[];
  },
): Promise<Log> => {
  const common = { clock, ...(logger ? { logger } : {}) };
  const log = await (place.kind === "embedded"
    ? openEmbeddedLog({ ...place, ...common })
    : openKafkaLog({ ...place, ...common }));
  return publishingLog(log, clock, topics);
};

/** The place as a person reads it: a path, or brokers. */
export const placeText = (place: LogPlace): string =>
  place.kind === "embedded" ? place.path : `Kafka at ${place.brokers.join(", ")}`;
