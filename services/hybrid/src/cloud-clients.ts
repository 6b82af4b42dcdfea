import { systemRandom, systemScheduler } from "@hybrid/runtime";
import type { ClientName, Clients } from "@hybrid/service";
import { Faults } from "@hybrid/settings";
import pino from "pino";
import { Registry } from "prom-client";
import { ClientOpener, readClients } from "./clients/clients.ts";
import { Opened } from "./opened.ts";

/**
 * Opens the named ways out as the environment says, runs `use`, and closes them; for commands that look at
 * the clouds themselves. Rejects with ConfigError that names every missing setting.
 */
export const withCloudClients = async <Name extends ClientName, Result>(
  names: readonly Name[],
  use: (clients: Pick<Clients, Name>, logger: pino.Logger) => Promise<Result>,
): Promise<Result> => {
  const faults = new Faults();
  const config = readClients(new Set<ClientName>(names), process.env, faults);
  faults.raise("the clouds cannot be reached with this configuration");
  const logger = pino({ level: "warn" }, pino.destination(2));
  const opened = new Opened();
  const users = new Map<ClientName, number>(names.map((name) => [name, 1]));
  const ports = { scheduler: systemScheduler(), random: systemRandom, logger };
  try {
    const opener = new ClientOpener(config, ports, { opened, registry: new Registry() }, users);
    return await use(await opener.all(names), logger);
  } finally {
    await opened.close();
  }
};
