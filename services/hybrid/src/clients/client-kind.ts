import type { Random, Scheduler } from "@hybrid/kernel";
import type { Delegations, HttpsProxy } from "@hybrid/microsoft-graph";
import type { Faults, Variables, Vocabulary } from "@hybrid/settings";
import type { FastifyBaseLogger } from "fastify";
import type { Opening } from "../opened.ts";

/** What a way out is made of besides its own configuration. */
export interface ClientPorts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: FastifyBaseLogger;
  /** The way to the clouds; straight when left out. */
  readonly proxy?: HttpsProxy;
  /** Users who consent each for the own calendar; left out where no view of the process knows. */
  readonly delegations?: Delegations;
}

/** One kind of ways out: its settings, and how it is opened. */
export interface ClientKind<Config, Client> {
  /** Whom it reaches, for the settings' documents. */
  readonly title: string;
  readonly settings: Vocabulary;
  /** Undefined with faults. */
  read(variables: Variables, faults: Faults): Config | undefined;
  /** `users`: how many parts of this process use it. It is closed with what it is opened into. */
  open(config: Config, ports: ClientPorts, opening: Opening & { readonly users: number }): Promise<Client>;
}
