import type { AnyTopicContract } from "@hybrid/contracts";
import type { AnyTopology, Handlers, Topology } from "@hybrid/kernel";
import type { ViewDefinition } from "@hybrid/view";
import type { FastifyPluginAsync } from "fastify";
import type { ClientName, HttpPorts, Ports } from "./ports.ts";
import type { OpenShared } from "./shared-view.ts";

/** What runs a topology: its machine as the settings want it, and what carries out its calls. */
export interface OpenedActors {
  readonly topology: AnyTopology;
  // oxlint-disable-next-line typescript/no-explicit-any -- each topology's own calls; runService checks them.
  readonly handlers: Readonly<Record<string, any>>;
}

/** A machine with its sources, calls and emits. A service may have several, each under its own name. */
export interface ActorsPart<Config> {
  readonly kind: "actors";
  /** The machine with default settings: topics, rights and kinds of calls follow from it. */
  readonly topology: AnyTopology;
  readonly clients: readonly ClientName[];
  open(ports: Ports<Config, ClientName>): Promise<OpenedActors>;
}

/** How {@link actors} makes a part. */
export interface ActorsOptions<
  State,
  Input,
  Call extends { readonly kind: string },
  Config,
  Needs extends ClientName,
> {
  readonly topology: Topology<State, Input, Call>;
  /** The clients that the handlers use; none when left out. */
  readonly clients?: readonly Needs[];
  /** The machine as the settings want it, `topology` when left out: with its sources, calls and emits. */
  readonly configured?: (config: Config) => Topology<State, Input, Call>;
  /** What carries out the calls; import adapters here, so that a look at the service need not load them. */
  readonly handlers: (ports: Ports<Config, Needs>) => Handlers<Call, Input> | Promise<Handlers<Call, Input>>;
}

/** A part of actors. */
export const actors = <
  State,
  Input,
  Call extends { readonly kind: string },
  Config,
  Needs extends ClientName = never,
>({
  topology,
  clients = [],
  configured,
  handlers,
}: ActorsOptions<State, Input, Call, Config, Needs>): ActorsPart<Config> => ({
  kind: "actors",
  topology,
  clients,
  open: async (ports) => ({
    topology: configured?.(ports.config) ?? topology,
    handlers: await handlers(ports),
  }),
});

/** What serves HTTP now. */
export interface Listening {
  /** Scheme, host and port, without a path. */
  readonly url: string;
  /** Requests being answered and what they began; 0 when idle. */
  inFlight(): number;
  /** Why requests cannot be served now, in words for a person; null when they can. */
  notReady(): Promise<string | null>;
  /** Stops listening, and resolves when every request under way has been answered. */
  close(): Promise<void>;
}

interface HttpCommon {
  readonly kind: "http";
  readonly clients: readonly ClientName[];
  /** Data topics beside which it writes dead letters: of what came in and can become no record. */
  readonly deadLetters: readonly AnyTopicContract[];
}

/** A web server with an address of its own. */
export interface OwnHttpPart<Config> extends HttpCommon {
  readonly listener: "own";
  /** The settings that name its address. */
  readonly address: { readonly host: string; readonly port: string };
  open(ports: HttpPorts<Config, ClientName>): Promise<Listening>;
}

/** Routes below a prefix of the listener that all such parts of a process share. */
export interface OpenedRoutes {
  readonly plugin: FastifyPluginAsync;
  /** As in {@link Listening}; always ready when left out. */
  notReady?(): Promise<string | null>;
}

/** Routes on the shared listener. */
export interface SharedHttpPart<Config> extends HttpCommon {
  readonly listener: "shared";
  /** For example `/api/groups`. */
  readonly prefix: string;
  open(ports: HttpPorts<Config, ClientName>): Promise<OpenedRoutes>;
}

/** A part that serves HTTP. */
export type HttpPart<Config> = OwnHttpPart<Config> | SharedHttpPart<Config>;

interface HttpOptions<Needs extends ClientName> {
  /** The clients that it uses; none when left out. */
  readonly clients?: readonly Needs[];
  /** As in {@link HttpPart}; none when left out. */
  readonly deadLetters?: readonly AnyTopicContract[];
}

/** A part with a web server of its own. */
export const ownHttp = <Config, Needs extends ClientName = never>({
  address,
  clients = [],
  deadLetters = [],
  open,
}: HttpOptions<Needs> & {
  readonly address: OwnHttpPart<Config>["address"];
  readonly open: (ports: HttpPorts<Config, Needs>) => Promise<Listening>;
}): OwnHttpPart<Config> => ({
  kind: "http",
  listener: "own",
  address,
  clients,
  deadLetters,
  open: (ports) => open(ports),
});

/** A part with routes below `prefix` on the listener that all such parts of a process share. */
export const sharedHttp = <Config, Needs extends ClientName = never>({
  prefix,
  clients = [],
  deadLetters = [],
  open,
}: HttpOptions<Needs> & {
  readonly prefix: string;
  readonly open: (ports: HttpPorts<Config, Needs>) => Promise<OpenedRoutes>;
}): SharedHttpPart<Config> => ({
  kind: "http",
  listener: "shared",
  prefix,
  clients,
  deadLetters,
  open: (ports) => open(ports),
});

/** Tables made from topics, one file for each process; parts of the service query them by their ports. */
export interface ViewPart<Config> {
  readonly kind: "view";
  readonly view: ViewDefinition;
  readonly clients: readonly never[];
  /** Left out where it is always a file. */
  readonly shared?: OpenShared<Config>;
}

/** A part that is a view. */
export const view = <Config>(definition: ViewDefinition, shared?: OpenShared<Config>): ViewPart<Config> => ({
  kind: "view",
  view: definition,
  clients: [],
  ...(shared ? { shared } : {}),
});

/** What a service is made of. */
export type Part<Config> = ActorsPart<Config> | HttpPart<Config> | ViewPart<Config>;
