import type { HttpsProxy } from "@hybrid/microsoft-graph";
import type { ClientName, Clients } from "@hybrid/service";
import type { Faults, Variables } from "@hybrid/settings";
import type { Opening } from "../opened.ts";
import type { ClientKind, ClientPorts } from "./client-kind.ts";
import { archiveGraphClient, type GraphConfig, graphClient, groupsGraphClient } from "./graph.ts";
import { readProxy } from "./proxy.ts";
import { isOwn } from "./registrations.ts";
import { type WebexConfig, webexClient } from "./webex.ts";

interface Configs {
  readonly graph: GraphConfig;
  /** Left out where groups use the registration of the calendars. */
  readonly groupsGraph: GraphConfig;
  /** Left out where the archive uses the registration of the calendars. */
  readonly archiveGraph: GraphConfig;
  readonly webex: WebexConfig;
}

/** The ways out of a process; what no part of it names is left out. */
export interface ClientsConfig extends Partial<Configs> {
  /** May hold a password: never logged. */
  readonly proxy?: HttpsProxy;
}

/** Every kind of ways out. */
export const clientKinds: { readonly [Name in ClientName]: ClientKind<Configs[Name], Clients[Name]> } = {
  graph: graphClient,
  groupsGraph: groupsGraphClient,
  archiveGraph: archiveGraphClient,
  webex: webexClient,
};

/** The names of all of them. */
export const clientNames = Object.keys(clientKinds) as readonly ClientName[];

/** Ways to Graph that have a registration of their own only where the operator gives them one. */
const borrowers = { groupsGraph: "groups", archiveGraph: "archive" } as const;

const isBorrower = (name: ClientName): name is keyof typeof borrowers => name in borrowers;

/** Reads what the named ways out need, and nothing else: who does not call Graph need not hold its key. */
export const readClients = (
  names: ReadonlySet<ClientName>,
  variables: Variables,
  faults: Faults,
): ClientsConfig => {
  if (names.size === 0) return {};
  const needed = new Set(
    [...names].map((name) => (isBorrower(name) && !isOwn(borrowers[name], variables) ? "graph" : name)),
  );
  const read = clientNames
    .filter((name) => needed.has(name))
    .map((name) => [name, clientKinds[name].read(variables, faults)] as const);
  const proxy = readProxy(variables, faults);
  return { ...Object.fromEntries(read), ...(proxy ? { proxy } : {}) };
};

/** Opens each way out when a part first names it, once. */
export class ClientOpener {
  readonly #config: ClientsConfig;
  readonly #ports: ClientPorts;
  readonly #opening: Opening;
  readonly #users = new Map<ClientName, number>();
  readonly #opened = new Map<ClientName, Promise<unknown>>();

  /** `users`: how many parts of the process use each. */
  constructor(
    config: ClientsConfig,
    ports: Omit<ClientPorts, "proxy">,
    opening: Opening,
    users: ReadonlyMap<ClientName, number>,
  ) {
    const { proxy } = config;
    this.#config = config;
    this.#ports = { ...ports, ...(proxy ? { proxy } : {}) };
    this.#opening = opening;
    for (const [name, count] of users) {
      const as = this.#openedAs(name);
      this.#users.set(as, (this.#users.get(as) ?? 0) + count);
    }
  }

  /** The named ones. Throws TypeError for one without configuration. */
  async all(names: readonly ClientName[]): Promise<Clients> {
    const opened = await Promise.all(names.map(async (name) => [name, await this.#one(name)] as const));
    return Object.fromEntries(opened) as unknown as Clients;
  }

  /** One client for all that use one registration: its limits count for them together. */
  #openedAs(name: ClientName): ClientName {
    return isBorrower(name) && this.#config[name] === undefined ? "graph" : name;
  }

  #one(given: ClientName): Promise<unknown> {
    const name = this.#openedAs(given);
    const opened = this.#opened.get(name) ?? this.#open(name);
    this.#opened.set(name, opened);
    return opened;
  }

  #open<Name extends ClientName>(name: Name): Promise<Clients[Name]> {
    const config = this.#config[name] as Configs[Name] | undefined;
    if (config === undefined) throw new TypeError(`a part of this process needs the way to ${name}`);
    const opening = { ...this.#opening, users: this.#users.get(name) ?? 1 };
    return clientKinds[name].open(config, this.#ports, opening);
  }
}
