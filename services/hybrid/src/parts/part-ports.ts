import {
  type AnyService,
  type ClientName,
  clientsOf,
  delegationsOf,
  delegationView,
  type Ports,
} from "@hybrid/service";
import { ClientOpener } from "../clients/clients.ts";
import type { ConfiguredService } from "../config.ts";
import type { Opening } from "../opened.ts";
import type { SystemOptions } from "../system-options.ts";
import { isFile, type Views } from "./start-views.ts";

/** What the parts of one process are given. */
export interface PartPorts {
  readonly options: SystemOptions;
  readonly opening: Opening;
  /** The ports of a part of this service, with the clients that the part names. */
  readonly portsOf: (
    configured: ConfiguredService,
    clients: readonly ClientName[],
  ) => Promise<Ports<never, ClientName>>;
}

const usersOf = (services: readonly AnyService[]): ReadonlyMap<ClientName, number> => {
  const users = new Map<ClientName, number>();
  for (const service of services)
    for (const name of clientsOf(service)) users.set(name, (users.get(name) ?? 0) + 1);
  return users;
};

/** Ports on these options; clients are opened into `opening`. */
export const createPartPorts = (options: SystemOptions, opening: Opening, views: Views): PartPorts => {
  const { scheduler, random, logger } = options;
  const common = { scheduler, random, logger };
  const users = usersOf(options.services.map(({ service }) => service));
  const consents = [...views.values()].map((own) => own.get(delegationView)).find(isFile);
  const ports = { ...common, ...(consents ? { delegations: delegationsOf(consents) } : {}) };
  const clients = new ClientOpener(options.clients, ports, opening, users);
  return {
    options,
    opening,
    portsOf: async ({ service, config }, names) => ({
      ...common,
      config: config as never,
      partitions: options.log.partitions,
      registry: opening.registry,
      clients: await clients.all(names),
      view: (definition) => {
        const view = views.get(service.name)?.get(definition);
        if (isFile(view)) return view;
        throw new TypeError(`${service.name} has no view ${definition.name} in a file`);
      },
      shared: (definition) => {
        const view = views.get(service.name)?.get(definition);
        return isFile(view) ? null : (view ?? null);
      },
    }),
  };
};
