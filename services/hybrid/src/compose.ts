import { type DecoratorConfig, decoratorHandlers, decoratorTopology, graphPorts } from "@hybrid/decorator";
import { directoryService } from "@hybrid/directory";
import type { AnyTopology, Scheduler } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";
import { type UserStateConfig, userStateHandlers, userStateTopology } from "@hybrid/user-state";
import type { WebexClient } from "@hybrid/webex";
import { webexRooms } from "./adapters/webex-rooms.ts";
import type { ServiceName } from "./service-names.ts";

/** A service of actors and what carries out its calls. */
export interface Composed {
  readonly topology: AnyTopology;
  // oxlint-disable-next-line typescript/no-explicit-any -- each service's own calls; runService checks them.
  readonly handlers: Readonly<Record<string, any>>;
}

/** The ways out of the services that run here; what none of them needs is left out. */
export interface Clients {
  readonly graph?: MicrosoftGraph;
  readonly webex?: WebexClient;
}

/** What the services are made of besides. */
export interface ComposeOptions {
  readonly services: readonly ServiceName[];
  readonly scheduler: Scheduler;
  readonly userState?: UserStateConfig;
  readonly decorator?: DecoratorConfig;
}

/** The services that call Graph; each makes one request at a time to a mailbox. */
export const graphUsers: readonly ServiceName[] = ["user-state", "decorator"];

/** The services that call Webex. */
export const webexUsers: readonly ServiceName[] = ["decorator"];

const given = <Value>(value: Value | undefined, name: string, service: ServiceName): Value => {
  if (value !== undefined) return value;
  throw new TypeError(`${service} runs in this process and needs "${name}"`);
};

const userState = (options: ComposeOptions, clients: Clients): Composed => {
  const config = given(options.userState, "userState", "user-state");
  return {
    topology: userStateTopology(config.numbers),
    handlers: userStateHandlers({
      graph: given(clients.graph, "graph", "user-state"),
      clientStateKey: config.clientStateKey,
      notificationUrl: config.notificationUrl,
      lifecycleNotificationUrl: config.lifecycleNotificationUrl,
      lifetimeMs: config.numbers.subscriptionLifetimeMs,
    }),
  };
};

const decorator = (options: ComposeOptions, clients: Clients): Composed => {
  const { events, mailboxes } = graphPorts(given(clients.graph, "graph", "decorator"));
  return {
    topology: decoratorTopology,
    handlers: decoratorHandlers({
      events,
      mailboxes,
      webex: webexRooms(given(clients.webex, "webex", "decorator")),
      clock: options.scheduler,
      cache: given(options.decorator, "decorator", "decorator").cache,
    }),
  };
};

/** The services of actors that run in this process. Throws TypeError when one lacks something. */
export const compose = (options: ComposeOptions, clients: Clients): readonly Composed[] => {
  const runs = (name: ServiceName): boolean => options.services.includes(name);
  return [
    ...(runs("directory") ? [directoryService] : []),
    ...(runs("user-state") ? [userState(options, clients)] : []),
    ...(runs("decorator") ? [decorator(options, clients)] : []),
  ];
};
