export { createWebexClient, type WebexClient, type WebexClientOptions } from "./client.ts";
export type { WebexMetrics, WebexRequestReport } from "./exchange.ts";
export type { WebexPerson } from "./find-person.ts";
export type { WebexSite } from "./list-sites.ts";
export type { PersonalRoom, PersonalRoomRequest } from "./personal-room.ts";
export { parseWebexId, type WebexId } from "./webex-id.ts";
