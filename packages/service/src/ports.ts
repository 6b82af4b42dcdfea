import type { RequestMemory } from "@hybrid/http-api";
import type { Random, Scheduler } from "@hybrid/kernel";
import type { Log } from "@hybrid/log";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import type { View, ViewDefinition } from "@hybrid/view";
import type { WebexClient } from "@hybrid/webex";
import type { FastifyBaseLogger } from "fastify";
import type { Registry } from "prom-client";
import type { SharedView } from "./shared-view.ts";

/** The ways out of a process. One is opened only if a part of the process names it, once for all parts. */
export interface Clients {
  /** As the registration of the calendars. */
  readonly graph: MicrosoftGraph;
  /** As that of groups: the same client, where the operator gives groups none of their own. */
  readonly groupsGraph: MicrosoftGraph;
  /** As that of the archive: the same client, where the operator gives the archive none of its own. */
  readonly archiveGraph: MicrosoftGraph;
  readonly webex: WebexClient;
}

/** The name of a way out. */
export type ClientName = keyof Clients;

/** What every part is given. `Needs` are the clients that the part names. */
export interface Ports<Config, Needs extends ClientName = never> {
  /** The service's settings, as {@link ServiceSettings.read} gave them. */
  readonly config: Config;
  /** Partitions of every topic that has no number of its own. */
  readonly partitions: number;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: FastifyBaseLogger;
  /** Where the part registers metrics; names begin with `hybrid_`. */
  readonly registry: Registry;
  readonly clients: Pick<Clients, Needs>;
  /** A view of the service. It may be behind: ask {@link View.notReady}. Throws TypeError for another's. */
  readonly view: (definition: ViewDefinition) => View;
  /** What takes the place of a view's file in this process; null where it is a file. */
  readonly shared: (definition: ViewDefinition) => SharedView | null;
}

/** What a part that serves HTTP may do with the log: append, and see which topics are there. */
export type HttpLog = Pick<Log, "append" | "topics">;

/**
 * A value with every `Sealed` in it encrypted, as records have it. Rejects with LogUnavailableError before
 * the log is there, and with TypeError in a process where nothing is sealed.
 */
export type Seal = <Value>(value: Value) => Promise<Value>;

/**
 * What a part that serves HTTP is given. The log may come later than the part: until then each use rejects
 * with LogUnavailableError.
 */
export interface HttpPorts<Config, Needs extends ClientName = never> extends Ports<Config, Needs> {
  readonly log: HttpLog;
  readonly seal: Seal;
  /**
   * Which requests of the service were carried out: in Redis where REDIS_URL is set, else in a file. Opened
   * when it is first asked for, and closed with the process. Rejects with ConfigError.
   */
  readonly requests: () => Promise<RequestMemory>;
}
