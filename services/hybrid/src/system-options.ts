import type { Catalog } from "@hybrid/contracts";
import type { Random, Scheduler } from "@hybrid/kernel";
import type { DeadlineTimer, RuntimeLimits } from "@hybrid/runtime";
import type { FastifyBaseLogger } from "fastify";
import type { ClientsConfig } from "./clients/clients.ts";
import type { ConfiguredService } from "./config.ts";
import type { KeyPlace } from "./keys/key-settings.ts";
import type { LogPlace } from "./log-place.ts";

/** What the services of one process are made of. */
export interface SystemOptions {
  readonly services: readonly ConfiguredService[];
  /** Every topic, also of services that run elsewhere. */
  readonly catalog: Catalog;
  /** Of every client that a part of these services names. */
  readonly clients: ClientsConfig;
  readonly log: { readonly place: LogPlace; readonly partitions: number };
  /** Where the keys of what is sealed are; beside an embedded log when left out. */
  readonly keys?: KeyPlace;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: FastifyBaseLogger;
  /** Where the files of views are. */
  readonly viewFolder: string;
  /** Where the files of requests that were carried out are, unless `redisUrl` keeps them for a fleet. */
  readonly requestFolder: string;
  readonly redisUrl?: string;
  /** The listener that routes of several services share. */
  readonly api: { readonly host: string; readonly port: number };
  readonly health: { readonly host: string; readonly port: number };
  /** Ends the start while it waits for a log on Kafka that is away: then the start rejects. */
  readonly signal?: AbortSignal;
  /** Ends calls that hang; real time when left out. */
  readonly deadlineTimer?: DeadlineTimer;
  /** Bounds of the runtime other than its defaults. */
  readonly limits?: Partial<RuntimeLimits>;
}
