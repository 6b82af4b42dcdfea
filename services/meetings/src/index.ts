export { makeToken, tokenMsMax } from "./access-token.ts";
export { meetingOf } from "./adapters/meeting-of-event.ts";
export { MeetingItem, MeetingPage, RoomsFound } from "./api/schemas.ts";
export { FreeBusy } from "./api/write-schemas.ts";
export { readJoinPolicy, tokenKey } from "./config.ts";
export { findingAdvice } from "./domain/room-findings.ts";
export { type Explained, explainMeeting, type MeetingExplanation } from "./explain-meeting.ts";
export { pageLink } from "./page/page-path.ts";
