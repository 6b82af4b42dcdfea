// What the service is made of, for programs that measure it without its process.

export { meetingsHandlers } from "./adapters/read-page.ts";
export { Access } from "./api/access.ts";
export { ChangeHub } from "./api/change-hub.ts";
export { MeetingLists } from "./api/lists.ts";
export { meetingsApi } from "./api/routes.ts";
export { ChangeStream } from "./api/stream.ts";
export { meetingLists } from "./meeting-list.ts";
export { meetingsTopology } from "./topology.ts";
export { listTexts } from "./whose-texts.ts";
