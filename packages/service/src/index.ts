export { delegationsOf, delegationView } from "./delegation-view.ts";
export { type Erased, erasable } from "./erasable.ts";
export { type ListenAddress, listenError } from "./listening.ts";
export {
  type ActorsOptions,
  type ActorsPart,
  actors,
  type HttpPart,
  type Listening,
  type OpenedActors,
  type OpenedRoutes,
  type OwnHttpPart,
  ownHttp,
  type Part,
  type SharedHttpPart,
  sharedHttp,
  type ViewPart,
  view,
} from "./parts.ts";
export type { ClientName, Clients, HttpLog, HttpPorts, Ports, Seal } from "./ports.ts";
export {
  type AnyService,
  actorsOf,
  clientsOf,
  defineService,
  httpOf,
  noSettings,
  plainSettings,
  type Service,
  type ServiceSettings,
  sealsOf,
  topicsOf,
  viewsOf,
} from "./service.ts";
export type { SharedView, SharedViewPorts } from "./shared-view.ts";
