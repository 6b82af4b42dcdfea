export { meetingRulesView } from "./meeting-rules-view.ts";
export { type MeetingRulesOf, meetingRulesFrom, type RulesInForce } from "./rules-in-force.ts";
