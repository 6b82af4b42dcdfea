import type { Scheduler } from "@hybrid/kernel";
import type { View } from "@hybrid/view";
import type { FastifyBaseLogger } from "fastify";
import type { Registry } from "prom-client";

/** A view that the processes of a fleet share; it follows the log as a file does. */
export interface SharedView extends Pick<View, "notReady" | "follow" | "stop" | "close"> {}

/** What a shared view is opened with. */
export interface SharedViewPorts<Config> {
  readonly config: Config;
  /** Several processes may work on one log. */
  readonly isFleet: boolean;
  readonly partitions: number;
  readonly scheduler: Scheduler;
  readonly logger: FastifyBaseLogger;
  readonly registry: Registry;
  /** Told after every page, with its number of records. */
  readonly onApplied: (records: number) => void;
  /** Told of every record that could not be read. */
  readonly onSkipped: () => void;
}

/** Opens what takes the place of a file; null: a file it is. */
export type OpenShared<Config> = (ports: SharedViewPorts<Config>) => Promise<SharedView | null>;
