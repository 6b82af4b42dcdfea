export { makeToken, tokenMsMax } from "./access-token.ts";
export { MeetingItem, MeetingPage } from "./api/schemas.ts";
export { FreeBusy } from "./api/write-schemas.ts";
export { tokenKey } from "./config.ts";
export { findingAdvice } from "./domain/room-findings.ts";
